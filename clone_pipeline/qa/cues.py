"""What a sentence must hold so that a kind of question can be asked about it."""

import re

from clone_pipeline.qa import wording
from clone_pipeline.qa.clauses import DAY

NUMBER = (
    r"(?:\d[\d.,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty"
    r"(?:-\w+)?|thirty|forty|fifty|sixty|ninety)"
)
ABOUT = r"(?:(?:at least|at most|up to|about|only|exactly|almost) )?"
UNIT = r"(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?)"
MONEY = r"(?:euros?|pounds?|dollars?|crowns?|cents?|VRSC)"
LINK = r"(?:and|to|in|on|at|by|for|from|with|until|since)"
BREAK = re.compile(
    r"[,;:]|\s(?:and|but|or|because|since|so|if|when|while|where|which|who|that|unless|although"
    r"|though|after|before|until|as)\s"
)
CLAUSE_END = re.compile(
    r";|,(?= (?:which|who|where|so|then|but|because|since|while|and (?:the|an?|every|each))\b)"
)
PLACE = (
    r"(?:room|house|shed|harbou?r|shop|street|lane|menu|folder|file|pier|yard|garden|kitchen|cellar"
    r"|hall|fridge|oven|library|school|church|chapel|station|office|market|courtyard|island|quay)"
)
# (what is looked for in the clause's rest, which is cut there; how the question then begins)
ASKED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r",? (?:because|so that|in order to)\b| ?, since\b"), "Why"),
    (re.compile(rf"(?:^| )(?:in )?(?:every|each) (?:\w+ ){{0,2}}?(?:{UNIT}|{DAY})\b"
                r"|(?:^| )(?:once|twice|\w+ times) an? \w+"), "How often"),
    (re.compile(rf"(?:^| )for {ABOUT}{NUMBER}(?: more)? {UNIT}\b"), "How long"),
    (re.compile(rf"(?:^| )(?:in|on|at|from) (?:the )?(?:(?!{LINK} )[\w-]+ ){{0,3}}?{DAY}"),
     "When"),
    (re.compile(rf"(?:^| )until (?:the )?(?:\w+ ){{0,2}}?{DAY}"), "Until when"),
    (re.compile(rf"(?:^| )by (?:the )?(?:\w+ ){{0,2}}?{DAY}"), "By when"),
    (re.compile(r" by (?!default)\w+ing\b"), "How"),
    (re.compile(rf"(?:^| )(?:in|at|behind|under|near|beside|inside|on) the (?:[\w-]+ ){{0,2}}?"
                rf"{PLACE}\b|(?:^| )(?:in|at) (?!{DAY})[A-Z][a-z]+\b(?! \d)"), "Where"),
)  # fmt: skip
STRANDED = re.compile(
    r"^(?!open |often |not )((?:\w+ly )?\w+(?:ed|en|t|n)) "
    r"(?:(?:for|of|from|with|by|on)(?= (?!\w+ing\b))|to(?= (?:the|an?|[A-Z]|their|your)\b))"
)
TRANSITIVE = wording.word_set(
    "accept contain cover define enable enforce equalize earn give hold include keep need "
    "offer own prevent produce protect provide receive replace represent require send show store "
    "support teach test use lend control attract carry serve cost"
)
OBJECT = re.compile(rf"(?!(?:{LINK}|as|of|that|how|its|their|directly|all)\b)[\w“\"]")
GENERIC = re.compile(  # "What is the result?": of what?
    r"^What (?:is|are|was|were) (?:\w+ing |(?:the|each|any) (?:default|result|amount|parameter"
    r"|option|problem|reason|point|idea|goal|purpose|answer|difference|process|command|key|name)s?\?)"
)
