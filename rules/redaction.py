"""Crude stand-in."""
from __future__ import annotations
import json, re
from dataclasses import dataclass, asdict
@dataclass(frozen=True)
class Aliases:
    names: tuple = ()
    addresses: tuple = ()
    phones: tuple = ()
    numbers: tuple = ()
    def as_json(self): return json.dumps(asdict(self))
    @classmethod
    def from_json(cls, t):
        d=json.loads(t); return cls(tuple(tuple(n) for n in d["names"]), *(tuple(d[k]) for k in ("addresses","phones","numbers")))
@dataclass(frozen=True)
class Hit:
    start: int; end: int; tier: int; automatic: bool
class Matcher:
    def __init__(self, a):
        self.t1=re.compile("|".join(re.escape(x) for x in (*a.addresses,*a.phones,*a.numbers)) or "(?!)", re.I)
        self.t2=re.compile("|".join(re.escape(f"{f} {l}".strip()) for f,l in a.names if f and l) or "(?!)", re.I)
        self.t3=re.compile(r"\b("+"|".join(re.escape(x) for n in a.names for x in n if x)+r")\b") 
    def find(self, text, near=False, greeting=False):
        hits=[Hit(*m.span(),1,True) for m in self.t1.finditer(text)]+[Hit(*m.span(),2,near) for m in self.t2.finditer(text)]
        hits+=[Hit(*m.span(),3,False) for m in self.t3.finditer(text) if not any(h.start<=m.start()<h.end for h in hits)]
        return sorted(hits,key=lambda h:h.start)
    find_html=find
def redact(text, hits, token="[erased person]"):
    out=[];at=0
    for h in sorted(hits,key=lambda h:h.start):
        if h.start<at: continue
        out+= [text[at:h.start],token]; at=h.end
    return "".join(out)+text[at:]
