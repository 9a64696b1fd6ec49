"""Words that say nothing about which file is meant."""

STOPWORDS = frozenset(
    """a about above after again against all also am an and any are aren as at be because been before being
    below between both but by can cannot could couldn d did didn do does doesn doing don down during each even
    ever every few for from further get gets getting give given gives go goes going got had hadn has hasn have
    haven having he her here hers herself him himself his how however i if in into is isn it its itself just ll
    let lets like looks made make makes many may me might more most much must mustn my myself need needed needs
    no nor not now of off on once one only onto or other others ought our ours out over own per please put
    quite rather re really s same seem seems shall shan she should shouldn since so some something somehow
    still such t take than thank thanks that the their theirs them then there these they thing things this
    those though through thus to too two under until up upon us use used user uses using ve very via want
    wants was wasn way we well were weren what whatever when where whether which while who whom why will with
    within without won would wouldn yes yet you your yours able actually already always another anyway around
    come comes done else etc far first found good great happen happened happening happens hello hence hi
    instead know known last later least less long looking lot maybe mean means never new next nice nothing
    often old oh ok okay perhaps possible possibly problem quick quickly right said say says second see seeing
    seen several similar simple simply small sorry sure tell think tried tries try trying understand unless
    usually work worked working works""".split()
)
"""English."""

BOILERPLATE = frozenset(
    """issue issues bug bugs bugfix report reported describe described description expect expected actual
    behavior behaviour reproduce reproducible reproduction reproducing steps step current currently version
    versions environment system operating linux macos windows ubuntu darwin debian browser screenshot
    screenshots additional information info example examples feature request requests suggestion solution
    following follow follows output result results latest upgrade upgraded install installed release released
    correct correctly incorrect incorrectly wrong fix fixed fixes fail fails failed failing failure cause
    causes caused code change changes changed question details detail provide checked check search searched
    existing duplicate related pull branch master main github com org www http https html png jpg md foo bar
    baz qux hello world test tests testing minimal script snippet run running ran occurs occurred noticed notice
    understanding appreciate help context checklist confirm template title summary repro summary""".split()
)
"""What reports of problems are made of, whatever they are about."""

TALK = frozenset(
    """add added adding address answer apply better bit break broken build case cases check clean clear comment
    comments commit complete continue cover covers create debug delete different do document documentation doubt edge
    edit error errors exactly explain explanation extend fast faster file files finish forget function functions
    handle idea implement implementation implemented implementing improve keep leave line lines method methods miss
    missing move name names part parts pass passes place point proceed project readable refactor remove rename
    repeat replace rest revert rewrite same second separate shorter show simpler simplify split start stop style
    support task tests third todo turn type types undo unit update variant wait write writes written""".split()
)
"""What people say of work that goes on: it names nothing that was not there before."""

DONE = frozenset(
    """back branch branches changelog committed conflict conflicts docs entry forward main master merged moved
    original popped pulled pushed rebased reverted stash stashed subject summarise summarize summary switched topic
    upstream went""".split()
)
"""The same, as it is spelled here alone: what people say that they did in git, and what comes last."""

NAMED_IN_CODE = frozenset(
    """report version versions environment system browser screenshot screenshots information example examples request
    requests suggestion output result results upgrade upgraded install installed release released check checked
    search searched branch master main github script snippet help context template title summary checklist
    question html hello world details windows linux macos ubuntu user""".split()
)
"""Those of the above that are as often what a program is about; in a first line they count."""
