"""What people write: requests for rights with their kind, and ordinary mail that sounds alike. Invented."""

#: Kind → sentences that ask for it.
REQUESTS = {
    "erasure": [
        "Kan dere vær så snill å slette dataene mine?", "I'm leaving; please delete any personal data you hold on me.", "Fjern meg fra systemet deres.", "Jag vill inte längre vara kund, ta bort alla mina personuppgifter.", "Jeg vil gerne have at I sletter alle mine personoplysninger.", "Please remove all my details from your database.", "Could you erase my data?", "Jeg krever sletting av mine personopplysninger etter artikkel 17 i GDPR.", "Kan min data raderas?", "Slett kontoen min og alle opplysninger om meg.",
        "Jeg er ikke lenger kunde, og ber derfor om at alle data om meg slettes.", "Please scrub all information relating to me from your servers.", "Kan I slette min profil og alle mine data?", "Jag är inte längre kund och vill att alla mina uppgifter tas bort.", "I want my data deleted.", "Vennligst fjern alle opplysninger om meg fra deres register.", "Hej! Radera alla uppgifter om mig tack.", "I withdraw my consent and ask you to erase my personal data without undue delay.", "Jeg ber dere slette meg fra alle systemer.", "Please get rid of everything you have on me.", "Slet mine data",
        "Hei, kan dere være så snille å slette all informasjon om meg?", "Jeg trekker samtykket mitt og ber dere slette personopplysningene mine.", "Please wipe my records from your CRM.", "We'd like you to delete my personal details, I am no longer a customer.", "Jeg vil have slettet alle mine data i jeres system.", "Slet venligst alle oplysninger om mig.", "Var snälla och radera min data.", "Jag vill bli borttagen ur ert kundregister.", "I no longer want you to store any information about me. Please delete it.", "Kan dere fjerne meg fra kundedatabasen deres?", "Bitte entfernen Sie mich aus Ihrer Datenbank.", "I hereby request that you delete my account and all data associated with me.", "Jag önskar få mina personuppgifter raderade.",
        "Slett meg", "Vennligst slett mine data.", "Hei! Jeg ønsker at dere sletter alle opplysninger dere har om meg.", "Kan dere slette alt dere har lagret om meg?",
        "Jeg vil bli glemt, jf. retten til å bli glemt.", "Jeg ber om at mine personopplysninger blir slettet.", "Fjern alle mine personopplysninger fra systemene deres.",
        "Slet mig fra jeres system, tak.", "I bedes slette alle mine oplysninger.", "Jeg ønsker mine data slettet hos jer.", "Jeg vil gerne gøre brug af retten til at blive glemt.",
        "Radera mig ur ert register.", "Ta bort mina uppgifter, tack.", "Jag vill att ni raderar alla mina personuppgifter.", "Jag åberopar rätten att bli bortglömd.",
        "Kan ni ta bort allt ni har om mig?", "Delete my data", "Please delete all my personal information from your systems.", "I want you to erase everything you hold about me.",
        "I am exercising my right to be forgotten.", "Under Article 17 GDPR I request erasure of my personal data.", "Could you please remove me from your database?",
        "Kindly delete all data you have stored about me.", "Bitte löschen Sie alle meine Daten.", "Ich möchte, dass Sie meine personenbezogenen Daten löschen.",
        "Forget me. Now.", "Hiermit mache ich mein Recht auf Löschung geltend.", "My details should be deleted from your records."],
    "access": [
        "Hvilke data har dere om meg?", "What do you know about me?", "Jag begär att få veta vilka uppgifter ni har om mig.", "Jeg vil ha utlevert alle data dere har om meg.", "Please provide me with all data you hold about me.", "Jeg beder om indsigt i mine data.", "Send meg en kopi av alt dere har lagret om meg.",
        "Kan dere sende meg en oversikt over hvilke data dere lagrer om meg?", "Jeg ønsker en kopi av mine persondata.", "Could you tell me what information you have stored about me?", "Hvad ved I om mig?", "Jag undrar vilken information ni har om mig.", "I would like a full copy of the personal information you hold about me.", "Jeg anmoder hermed om indsigt, jf. databeskyttelsesforordningen artikel 15.",
        "Jeg ønsker å vite hvilke opplysninger dere har registrert om meg.", "Kan jeg få se alt dere har lagret om meg?", "Under GDPR I'd like to know what personal data you hold on me.", "Jeg søger aktindsigt i mine egne oplysninger.", "Vilka uppgifter har ni om mig i era system?", "I want a copy of my data.", "Hej, jag vill begära ut ett registerutdrag enligt GDPR.", "Jeg vil gerne se, hvilke data I har om mig.", "Ich möchte wissen, welche Daten Sie über mich speichern.",
        "Jeg ber om innsyn i hvilke opplysninger dere har om meg.", "Innsyn i mine personopplysninger", "Hva har dere lagret om meg?", "Jeg krever innsyn etter GDPR artikkel 15.",
        "Kan jeg få en kopi av alle opplysninger dere har om meg?", "Jeg anmoder om indsigt i mine personoplysninger.", "Hvilke oplysninger har I om mig?",
        "Jeg vil gerne have indsigt i de data I har registreret om mig.", "Jag begär registerutdrag.", "Kan ni skicka ett registerutdrag till mig?",
        "Vilka personuppgifter har ni sparat om mig?", "Jag vill ha en kopia på mina personuppgifter.", "What data do you hold about me?",
        "This is a subject access request.", "Please send me a copy of all personal data you have on me.", "I would like to see all the information you keep about me.",
        "Under Art. 15 GDPR I ask for access to my data.", "Ich bitte um Auskunft über meine gespeicherten Daten.", "Welche Daten haben Sie über mich gespeichert?"],
    "rectification": [
        "The information you have about me is wrong, please correct my personal data.",
        "Please correct the information you hold about me.", "Jeg vil bruke retten til retting: opplysningene om meg er feil.", "Jag vill att ni rättar uppgifterna ni har om mig.",
        "Jeg ønsker at få berigtiget de oplysninger I har om mig.", "I request rectification of my personal data."],
    "restriction": [
        "I ask for restriction of processing under Article 18 GDPR.",
        "Please restrict the processing of my data until the dispute is over.",
        "I request restriction of processing of my data.", "Jeg krever begrensning av behandlingen av mine opplysninger.", "Jeg anmoder om begrænsning af behandlingen af mine data.",
        "Jag begär begränsning av behandlingen av mina uppgifter."],
    "portability": [
        "Jeg vil gjerne bruke retten til dataportabilitet og få med meg mine data.",
        "Please export my personal data in a structured, machine-readable format.",
        "I want to use my right to data portability.", "Jeg ber om dataportabilitet.", "Send me my data in a machine-readable format.", "Jag vill ha ut mina uppgifter enligt rätten till dataportabilitet.",
        "Jeg vil have mine data udleveret i et maskinlæsbart format."],
    "objection": [
        "I object to your use of my data for direct marketing.", "Jeg gjør innsigelse mot behandlingen.",
        "Jeg vil ikke at dere bruker mine data til markedsføring.", "I hereby object to your profiling.",
        "I do not want you to use my data for marketing, I object to that processing.", "Jeg motsetter meg all profilering.", "Jag motsätter mig direktmarknadsföring.",
        "I object to direct marketing.", "I object to the processing of my personal data.", "Jeg motsetter meg behandlingen av mine opplysninger.", "Jeg gør indsigelse mod behandlingen af mine oplysninger.",
        "Jag invänder mot behandlingen av mina personuppgifter.", "Stop using my personal data for profiling.", "Jeg protesterer mot markedsføring og profilering."],
    "other": ["This is a GDPR request.", "GDPR-begäran", "I want to complain about how you handle my personal data.", "Jeg vil klage på hvordan dere behandler mine personopplysninger."],
}
#: Mail that asks for nothing of that.
ORDINARY = [
    "Can you tell me about the lamp you have on sale?", "Kan du fjerne varen fra kurven min?", "I want my money back.", "Mine opplysninger er feil i fakturaen, kan du rette adressen?", "Please delete the test user we created.", "All my data is in the attached sheet.", "Har dere fått opplysningene mine?", "Jag har fått fel uppgifter från er support.", "Where can I see my data usage?", "Our lawyer objects to the contract.", "Please send me what you have on the new model.", "Slette knappen virker ikke.", "Hvordan sletter jeg mine data i appen?", "Was wissen Sie über die Lampe?", "You still have my data from the trial, right?", "Please stop calling me.", "Kan ni ta bort spärren?", "The access code for my locker is wrong.", "I never got the copy of my receipt.", "Here are my details: Kari Holm, Storgata 1.",
    "Kan dere slette den gamle adressen og bruke den nye?", "Please remove the old logo from my page.", "Can I get a copy of my order confirmation?", "Hva vet dere om når lampen kommer?", "Jeg sletter e-posten når jeg har svar.", "We store the lamps in your warehouse.", "Please correct the total on my invoice.", "Who has access to my shared folder?", "Jag kan inte ta bort min gamla enhet i appen.", "Slett min forrige melding, den var feil.", "Please cancel and delete my booking.", "Can you forward me the information about the lamp?", "Is it true that you sell my data?", "I moved, please change my details: Storgata 1.", "Vi har fjernet deg fra listen.", "What does your privacy policy say about cookies?", "Jeg vil ha pengene tilbake!", "GDPR training on Tuesday", "Kan du sende meg opplysningene om mottakeren?", "The data on my phone is not synced.", "Remove my discount code, it does not work.", "Hvordan får jeg slettet en bruker?", "Ich möchte meine Bestellung löschen.", "Delete the duplicate of my ticket, please.", "You may object to my tone, but the lamp is dark.",
    "Please remove my name from the waiting list for the lamp.", "Kan dere slette abonnementet mitt fra neste måned?", "Hvordan sletter jeg en linje i ordren?", "I deleted my data by mistake, can you restore it?", "Can you send me the data I asked for?", "Jeg har fått feil opplysninger om leveringen.", "Hvad har I af tilbud på lamper?", "Ta bort artikeln från min order.", "Vi ønsker å få slettet fakturaen.", "We need a data processing agreement.", "Please update my phone number to 55 50 12 77.", "What information do you have on delivery times?", "Kan jag få en kopia på kvittot?", "Send me the details about me being charged twice.", "You have deleted my data without asking, that is not acceptable!", "My data was lost after your migration.", "Please delete me as a follower of ticket 4821.", "Er det mulig å begrense tilgangen til mappen?", "Can I have access to my account again?", "I object to being called a liar.", "We process personal data according to GDPR.", "Vi behandler dine opplysninger iht. GDPR artikkel 6.", "Jeg får ikke sett mine data i appen.", "My records show that you owe us 300 kroner.", "Remove the cover of the lamp from the wall.", "Where do you keep my lamp?",
    "Please delete my last order.", "Can you delete the attachment?", "I need access to the building on Saturday.", "Kan dere slette den siste bestillingen min?",
    "Vær så snill og slett vedlegget i forrige mail.", "Jeg trenger tilgang til bygget.", "Vi har fått innsyn i saken og har et spørsmål.", "Kan du slette filen jeg lastet opp i går?",
    "Jeg får ikke slettet bildet.", "Slet venligst min seneste ordre.", "Kan I slette den dublet, der ligger på kontoen?", "Det giver god indsigt i markedet.",
    "Kan ni radera bilagan?", "Jag råkade radera mappen, kan ni återställa den?", "Ta bort den sista raden på fakturan.", "Skicka fakturan igen, tack.",
    "Will the update delete my data?", "Do not delete my data, please!", "Slett ikke mine data før backupen er ferdig.", "Did the reset remove all my settings?",
    "The app deletes my data every night.", "Is your product GDPR compliant?", "Attached is the signed GDPR agreement.", "Vi trenger databehandleravtale etter GDPR.",
    "Please correct my address on the invoice.", "Please remove me from the cc of this thread.", "Remove me from the meeting tomorrow.", "I object to the price on the invoice.",
    "Jeg protesterer mot fakturaen.", "What data do you need from me?", "What information do you have about the new lamp?", "Please send me a copy of the contract.",
    "Send a copy of my invoice, please.", "Hvilke opplysninger trenger dere fra meg?", "Hva har dere av lamper på lager?", "Vad har ni för öppettider?",
    "Can you give me access to my order?", "Jeg har glemt passordet mitt.", "Jag har glömt mitt lösenord.", "I forgot my password, please reset it.",
    "Don't forget me when the lamp is back in stock!", "Is my data plan unlimited?", "Please delete my data cable from the order.", "Stopp leveringen av avisen.",
    "Unsubscribe", "Avmeld nyhetsbrev", "My data sheet is missing page two.", "Der er fejl i artikel 17 i kataloget.", "I would like to order article 15 and article 21.",
    "Kan dere begrense forbruket på lampen?", "Bitte löschen Sie die letzte Bestellung.", "Ich brauche eine Auskunft über den Preis.",
    "Under GDPR you have the right to access, rectification and erasure of your data. Contact us at privacy@shop.example.",
    "Denne e-posten kan inneholde personopplysninger. Har du fått den ved en feil, slett den.", "If you are not the recipient, please delete this message and all copies.",
    "Kan du fjerne meg som kontaktperson på avtalen?", "We portability-tested the lamp.", "The complaint about the lamp is not answered.", "Jag vill klaga på leveransen.",
    "Vi har slettet bestillingen, men pengene er ikke kommet.", "How do I delete a user in your product?", "Hur raderar jag en kund i systemet?", "Jeg vil ha innsyn i postjournalen for mars.",
    "Please restrict access to the folder.", "Can you erase the whiteboard in room 4?",
]
