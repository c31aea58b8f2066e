"""What four systems call the columns of their files, beside what people call them anyway.

Words are folded and without signs (``Direct - Phone`` is ``directphone``). Which of them is proven by what, and which is a guess, is
written down in ``docs/decisions/import-presets.md``.
"""

from __future__ import annotations

from collections.abc import Mapping

#: System → persons or companies → field → what its files call the column.
PRESETS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    # Headings of lists in four languages, and the names of the columns behind them.
    "SuperOffice": {
        "persons": {
            "first_name": "personfirstname", "last_name": "personlastname", "name": "personfullname", "title": "persontitle",
            "email": "personemail emailemailaddress",
            "phone": "personphone personphoneformattednumber phoneformattednumber persondirectphoneformattednumber personmobilephoneformattednumber "
                     "personprivateformattednumber personpagerformattednumber directphone mobilephone privatephone otherphone "
                     "direktetelefon mobiltelefon privattelefon direkttelefon annentelefon andentelefon annantelefon ovrigtelefon",
            "link": "personurlurladdress urlurladdress", "company": "contactname contactcompanyname contactnamedepartment namedepartment",
            "company_number": "contactorgnr", "position": "personposition",
            "our_contact": "contactassociate associate personassociateid personassociatefullname ourcontactfullname voreskontakt",
            "support_contact": "supportassociate supportassociatefullname ourservicecontact ourservicecontactfullname varservicekontakt voresservicekontakt "
                               "varsupportansvarige",
            "category": "contactcategory personcategory", "business": "contactbusiness personbusiness",
            "preferred_language": "supportlanguage foretrukketsprak foretrukketsprog supportsprak", "customer_number": "personnumber",
            "block_mass_mail": "personnomail ingenutsendelser ingenudsendelser ingautskick"},
        "companies": {
            "name": "contactname contactcompanyname", "organisation_number": "contactorgnr orgnumber vatno",
            "phone": "contactphone contactphoneformattednumber phoneformattednumber telephonephone telefontelefon switchboard",
            "website": "contactwebpage urlurladdress",
            "address": "postaddressline1 postaddressline2 postaddressline3 postaddresszip postaddresscity postaddressstate "
                       "postaladdressaddress1 postaladdressaddress2 postaladdressaddress3 postaladdresspostcode postaladdresscity postaladdressstate "
                       "postaladdress1 postaladdress2 contactaddress "
                       "postadresseadresse1 postadresseadresse2 postadressepostnummer postadressested postadresseby "
                       "postadressadress1 postadressadress2 postadresspostnummer postadressort",
            "our_contact": "contactassociate associate associateid ourcontactfullname voreskontakt", "category": "contactcategory", "business": "contactbusiness"}},
    # Names of fields, which are the same in every language; what a user calls a field of the form is up to them.
    "webCRM": {
        "persons": {
            "first_name": "personfirstname", "last_name": "personlastname", "name": "personname", "email": "personemail personemail2",
            "phone": "persondirectphone personmobilephone persondirecttelephone", "company": "organisationname", "position": "persontitle",
            "link": "personlinkedin", "company_number": "organisationvatnumber organisationcvr", "status": "personstatus",
            "block_mass_mail": "personblockmassemail"},
        "companies": {
            "name": "organisationname", "organisation_number": "organisationvatnumber organisationcvr", "phone": "organisationtelephone",
            "website": "organisationwww organisationhomepage", "address": "organisationaddress organisationpostcode organisationcity organisationstate organisationcountry",
            "business": "organisationindustry", "category": "organisationtype", "domains": "organisationdomain"}},
    # The headings of its import, in every language the same; one page of its help writes them with spaces and Mail for Email.
    "24SevenOffice": {
        "persons": {
            "first_name": "contactfirstname", "last_name": "contactlastname", "name": "contactname",
            "email": "contactroleemail contactrolemail contactemail contactmail contactemail2 contactemail3",
            "phone": "contactrolephone contactrolemobile contactphone contactphone2 contactmobile contactmobile2", "company": "companyname",
            "company_number": "companygovno", "position": "contactroleposition", "private_customer": "contactisconsumer", "customer_number": "contactcustomerid"},
        "companies": {
            "name": "companyname", "organisation_number": "companygovno", "phone": "companyphone", "website": "companywebsite",
            "address": "companypoststreet companypostpostcode companypostpostarea companypostcity companypoststate companycountry", "category": "companycategory"}},
    # The variables of its import templates, in every language the same; the older help has names of its own.
    "ChannelCRM": {
        "persons": {
            "first_name": "contactfirstnames contactfirstname", "last_name": "contactlastnames contactlastname", "name": "contactfullname", "title": "contacttitle",
            "email": "contactemail1 contactemail2 contactemailpersonal", "phone": "contactphonedirect contactphonemobile contactphonehome", "link": "contactsocial",
            "company": "companyname", "company_number": "companyvat", "position": "contactjobdescription", "preferred_language": "contactpreferredlanguage",
            "our_contact": "contactkam", "infotags": "infotagcontacttext"},
        "companies": {
            "name": "companyname", "organisation_number": "companyvat", "phone": "companyphone", "website": "companyweb",
            "address": "companystreet companyzip companycity companyzipcity companystate companycountry companyaddress1zip companyaddress1city companyaddress1street",
            "our_contact": "companykam", "infotags": "infotagcompanytext"}}}
