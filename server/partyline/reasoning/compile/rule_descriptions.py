"""The rules of OWL 2 RL in words, for those who read a proof (OWL 2 Profiles, section 4.3)."""

#: Where the tables of the rules are.
SPECIFICATION = (
    "https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules"
)

#: A sentence for each rule that concludes something, by its name in tables 4 to 9.
DESCRIPTIONS = {
    "eq-sym": "If one thing is the same as another, the other is the same as it.",
    "eq-trans": "Things that are the same as one thing are the same as each other.",
    "eq-rep-s": "What is stated about a thing holds of everything that is the same as it.",
    "eq-rep-p": "What one property states, a property that is the same states too.",
    "eq-rep-o": "A statement that refers to a thing refers to everything that is the same as it.",
    "prp-dom": "Whatever has the property belongs to the domain of the property.",
    "prp-rng": "Every value of the property belongs to the range of the property.",
    "prp-fp": "A functional property has one value: all its values for one thing are the same.",
    "prp-ifp": "A value of an inverse functional property identifies a thing: "
    "all things with that value are the same.",
    "prp-symp": "A symmetric property holds in both directions.",
    "prp-trp": "A transitive property links the ends of every chain of its statements.",
    "prp-spo1": "What a property states, every superproperty of it states too.",
    "prp-spo2": "A chain of properties, followed step by step, implies a single property "
    "from its beginning to its end.",
    "prp-eqp1": "Equivalent properties state the same.",
    "prp-eqp2": "Equivalent properties state the same.",
    "prp-inv1": "A property implies its inverse in the opposite direction.",
    "prp-inv2": "A property implies its inverse in the opposite direction.",
    "prp-key": "Members of a class that agree in every property of a key are the same.",
    "cls-int1": "Whatever belongs to every part of an intersection belongs to the intersection.",
    "cls-int2": "Whatever belongs to an intersection belongs to each part of it.",
    "cls-uni": "Whatever belongs to a part of a union belongs to the union.",
    "cls-svf1": "Whatever has a value of the required class belongs to the restriction.",
    "cls-svf2": "Whatever has a value of the property belongs to the restriction.",
    "cls-avf": "All values that a member of the restriction has belong to the required class.",
    "cls-hv1": "Every member of the restriction has the required value.",
    "cls-hv2": "Whatever has the required value belongs to the restriction.",
    "cls-maxc2": "With at most one value allowed, all values are the same.",
    "cls-maxqc3": "With at most one value of a class allowed, all values of that class are the "
    "same.",
    "cls-maxqc4": "With at most one value allowed, all values are the same.",
    "cls-oo": "Everything that an enumeration lists belongs to the enumerated class.",
    "cax-sco": "Every member of a class is a member of its superclasses.",
    "cax-eqc1": "Equivalent classes have the same members.",
    "cax-eqc2": "Equivalent classes have the same members.",
    "dt-type2": "A literal in the value space of a datatype belongs to the datatype.",
    "dt-eq": "Literals of equal value are the same, however they are written.",
    "scm-cls": "Every class is a subclass of itself and of owl:Thing, and a superclass of "
    "owl:Nothing.",
    "scm-sco": "A subclass of a subclass is a subclass.",
    "scm-eqc1": "Equivalent classes are subclasses of each other.",
    "scm-eqc2": "Classes that are subclasses of each other are equivalent.",
    "scm-op": "Every object property is a subproperty of itself, and of what is the same.",
    "scm-dp": "Every datatype property is a subproperty of itself, and of what is the same.",
    "scm-spo": "A subproperty of a subproperty is a subproperty.",
    "scm-eqp1": "Equivalent properties are subproperties of each other.",
    "scm-eqp2": "Properties that are subproperties of each other are equivalent.",
    "scm-dom1": "A property with a domain has every superclass of it as a domain.",
    "scm-dom2": "A property has the domains of its superproperties.",
    "scm-rng1": "A property with a range has every superclass of it as a range.",
    "scm-rng2": "A property has the ranges of its superproperties.",
    "scm-hv": "A restriction to a value is narrower if its property is.",
    "scm-svf1": "A restriction to some value of a class is narrower if that class is.",
    "scm-svf2": "A restriction to some value of a property is narrower if its property is.",
    "scm-avf1": "A restriction to all values of a class is narrower if that class is.",
    "scm-avf2": "A restriction to all values of a property is wider if its property is narrower.",
    "scm-int": "An intersection is a subclass of each of its parts.",
    "scm-uni": "Each part of a union is a subclass of the union.",
}
