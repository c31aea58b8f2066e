"""What people write when their answers stand within the quote below: in another colour, in capitals, between the lines."""

from __future__ import annotations

import re

ANSWERS_BELOW = re.compile(
    r"\b(?:see|find|my|our)\b.{0,30}\b(?:below|inline|in-line|in red|in blue|in green|in bold|in caps|in capitals)\b"
    r"|\b(?:answer\w*|repl(?:y|ies|ied)|respon\w+|comment\w*)\b.{0,20}\b(?:below|inline|in-line|in red|in blue|in green|in bold|in caps|in capitals)\b"
    r"|\b(?:svar\w*|kommentar\w*|se|besvar\w*)\b.{0,30}\b(?:under|nedenfor|nedenunder|nedan|i rødt|i rött|med rødt|med rött|i blått|med blått)\b"
    r"|\b(?:siehe|antwort\w*|kommentar\w*|anmerkung\w*)\b.{0,30}\b(?:unten|untenstehend|im text|in rot|inline)\b"
    r"|\b(?:voir|répon\w+|comment\w+)\b.{0,30}(?:ci-dessous|en rouge|en bleu|dans le texte|plus bas)\b"
    r"|\b(?:zie|antwoord\w*|reacties?|opmerking\w*)\b.{0,30}\b(?:hieronder|onder|in het rood|in rood|tussen de)\b"
    r"|\b(?:vastau\w*|kommentti\w*|ks\.?|katso)\b.{0,30}\b(?:alla|alempana|punaisella)\b"
    r"|\b(?:ver|véase|mis?|respuestas?|respond\w+|comentarios?)\b.{0,30}\b(?:abajo|debajo|en rojo|más abajo)\b"
    r"|\b(?:vedi|rispost\w*|rispond\w*|commenti)\b.{0,30}\b(?:sotto|in rosso)\b"
    r"|\b(?:veja|vide|respost\w*|respond\w*|comentários)\b.{0,30}\b(?:abaixo|em vermelho)\b"
    r"|\b(?:odpowied\w+|zob\.?|patrz|komentarz\w*)\b.{0,30}\b(?:poniżej|na czerwono)\b"
    r"|\b(?:ответ\w*|смотри\w*|см\.?|комментари\w*)\b.{0,30}\b(?:ниже|красным)\b|\bsvör\w*\b.{0,30}\b(?:neðan|rauðu)\b",
    re.IGNORECASE,
)
