"""The nearest thing the world knows to a word it does not know.

By hand where meaning decides ("dog" is near "cat"), by spelling where it is a slip ("pengiun").
"""

from difflib import get_close_matches

from dalle_explore.world.english import singulars
from dalle_explore.world.facts import FIGURES
from dalle_explore.world.lexicon import LEXICON, PROPS, VERBS, Words

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("dog puppy wolf husky corgi poodle beagle dachshund terrier shiba inu", ("cat", "fox")),
    ("kitten kitty tiger lion leopard cheetah lynx panther jaguar", ("cat",)),
    ("bunny hare", ("rabbit",)),
    ("bear koala polar raccoon sloth teddy", ("panda", "capybara")),
    (
        "mouse rat hamster squirrel beaver otter guinea chipmunk marmot mole",
        ("capybara", "hedgehog"),
    ),
    (
        "bird duck eagle parrot pigeon chicken hen goose flamingo crow swan turkey peacock "
        "ostrich sparrow rooster chick",
        ("owl", "penguin"),
    ),
    (
        "toad lizard gecko turtle tortoise crocodile alligator snake dinosaur dragon "
        "salamander newt trex",
        ("frog",),
    ),
    (
        "cow horse pony sheep goat donkey llama alpaca camel deer moose hippo rhino elephant "
        "boar piglet unicorn",
        ("pig", "capybara"),
    ),
    ("monkey gorilla ape chimpanzee kangaroo", ("panda", "capybara")),
    (
        "person man woman boy girl human people child kid astronaut robot wizard king queen "
        "pirate chef knight doctor cowboy teacher grandmother dancer samurai ninja santa "
        "student farmer alien ghost clown detective mermaid",
        ("penguin", "panda"),
    ),
    (
        "fish shark whale dolphin octopus squid seal walrus jellyfish crab lobster seahorse "
        "goldfish",
        ("penguin", "frog"),
    ),
    ("porcupine echidna cactus", ("hedgehog",)),
    ("slug worm caterpillar shell", ("snail",)),
    ("radish turnip parsnip beetroot", ("daikon radish",)),
    (
        "cabbage lettuce broccoli spinach cauliflower celery leek kale asparagus choy artichoke",
        ("bok choy",),
    ),
    (
        "tomato potato onion garlic pepper cucumber eggplant corn zucchini squash gourd "
        "aubergine peas",
        ("pumpkin", "carrot"),
    ),
    (
        "apple pear peach plum cherry grape banana orange lemon lime kiwi fruit papaya",
        ("avocado", "mango"),
    ),
    ("mushrooms fungus toadstool", ("mushroom",)),
    ("coconut cantaloupe melon", ("watermelon",)),
    ("raspberry blueberry blackberry berry", ("strawberry",)),
    ("hat cap helmet beret fedora beanie bonnet sombrero", ("a top hat",)),
    ("headphone earphones earbuds headset", ("headphones",)),
    ("glasses goggles spectacles monocle", ("sunglasses",)),
    ("tie bow necktie collar", ("a bow tie",)),
    (
        "shawl cloak coat jacket sweater hoodie kimono robe suit poncho armor armour uniform",
        ("a cape", "a scarf"),
    ),
    ("dress skirt gown", ("a tutu",)),
    ("tiara halo wig", ("a crown",)),
    ("necklace mittens gloves boots shoes socks", ("a scarf",)),
    (
        "skiing snowboarding skateboarding rollerblading surfing sliding ski skateboard surfboard",
        ("skating on ice",),
    ),
    ("painting typing signing composing", ("writing a letter",)),
    (
        "eating sipping cooking coffee cup cake pizza juice beer lunch breakfast eats",
        ("drinking tea",),
    ),
    ("running jogging strolling hiking leash runs", ("walking a dog",)),
    (
        "singing piano violin drums trumpet banjo ukulele music sings saxophone flute",
        ("playing the guitar",),
    ),
    ("balloon throwing", ("flying a kite",)),
    ("cycling driving bicycle bike motorcycle car tricycle scooter", ("riding a unicycle",)),
    ("studying learning newspaper magazine", ("reading a book",)),
    (
        "sleeping sitting lying dancing standing jumping holding swimming juggling meditating "
        "waving fishing",
        ("reading a book", "skating on ice"),
    ),
    ("box block dice brick cuboid", ("cube",)),
    ("ball globe orb bubble marble circle planet moon", ("sphere",)),
    ("pyramid tetrahedron", ("cone",)),
    ("tube pipe can barrel prism", ("cylinder",)),
    ("torus donut hoop", ("ring",)),
    ("kettle pot jug pitcher", ("teapot",)),
    ("bag handbag backpack suitcase wallet", ("purse",)),
    ("chair sofa couch stool bench table bed desk", ("armchair",)),
    ("light lantern candle chandelier torch", ("lamp",)),
    ("bottle urn jar flowerpot", ("vase",)),
    ("glass teacup", ("mug",)),
    ("stone marble concrete metal gold plastic leather rock", ("bricks", "wood")),
    ("timber bark oak bamboo", ("wood",)),
    ("honey beehive wax", ("honeycomb",)),
    ("stripes striped", ("zebra",)),
    ("spots spotted dotted", ("giraffe",)),
    ("skin", ("pig",)),
    ("watch alarm timer", ("clock",)),
    ("dish tray pan", ("plate",)),
    ("window frame", ("mirror",)),
    ("stop traffic roadsign", ("stop sign",)),
    ("round circular oval elliptical", ("octagonal", "heart-shaped")),
    ("rectangular rectangle rhombus diamond quadrilateral", ("square",)),
    ("hendecagonal dodecagonal dodecagon undecagonal", ("decagonal",)),
    ("septagon septagonal", ("heptagonal",)),
    ("enneagon enneagonal", ("nonagonal",)),
    ("cyan turquoise teal navy azure indigo aqua", ("blue",)),
    ("violet magenta lilac lavender mauve", ("purple",)),
    ("crimson scarlet maroon ruby", ("red",)),
    ("brown tan beige gold golden amber", ("orange", "yellow")),
    ("white black silver dark", ("gray",)),
    ("rose salmon fuchsia", ("pink",)),
    ("lime olive emerald mint", ("green",)),
    ("shirt jersey sweatshirt tee", ("t-shirt",)),
    (
        "poster billboard banner paper page book blackboard whiteboard chalkboard label screen",
        ("board", "sign"),
    ),
    ("text letters letter message slogan lettering inscription printed reading", ("the word",)),
    ("beneath underneath", ("below",)),
    ("atop", ("on top of",)),
    ("behind", ("in front of",)),
    ("beside near alongside adjacent against between", ("to the left of", "to the right of")),
    ("within", ("inside",)),
    ("bowl aquarium tank fishtank", ("fishbowl",)),
    ("crate case cage drawer", ("glass box",)),
    ("bucket bin basin hamper", ("basket",)),
    ("photo photograph photorealistic cartoon comic render", ("an illustration",)),
    ("crayon charcoal ink doodle draft", ("a pencil sketch",)),
    ("pixelated 8bit bit pixels pixel", ("pixel art",)),
    ("led glow glowing", ("a neon sign",)),
    ("oil acrylic gouache painting painted paint", ("a watercolour",)),
    ("dusk evening twilight dawn sunrise", ("at sunset",)),
    ("midnight moonlight starry nighttime", ("at night",)),
    ("noon morning afternoon summer spring sunlight", ("by day",)),
    ("christmas snowy snowing blizzard autumn frozen", ("in winter",)),
    ("small little tiny young cub newborn infant", ("baby",)),
)
NEIGHBOUR_PHRASES: dict[Words, tuple[str, ...]] = {
    ("next", "to"): ("to the left of", "to the right of"),
    ("oil", "painting"): ("a watercolour",),
    ("polar", "bear"): ("panda",),
    ("guinea", "pig"): ("capybara", "pig"),
    ("teddy", "bear"): ("panda",),
    ("sea", "lion"): ("penguin",),
    ("hot", "dog"): ("carrot",),
    ("traffic", "light"): ("stop sign",),
    ("baseball", "cap"): ("a top hat",),
}
"""Outside phrases whose words mean something else alone."""

_BY_HAND: dict[str, list[str]] = {}
for _words, _near in _GROUPS:
    for _word in _words.split():
        _BY_HAND.setdefault(_word, []).extend(_near)

_SPELT = sorted(
    {word for words in LEXICON for word in words if len(word) > 3}
    - {"three", "four", "five", "nine", "left", "side", "sides", "with", "into", "under", "over"}
    | set(VERBS)
    | set(PROPS)
)


def suggestions(word: str, before: Words = ()) -> tuple[str, ...]:
    """What the world knows instead of a word, nearest first; empty if nothing comes near.

    Args:
        word: lower-case, outside the world.
        before: the words before it, which tell its role when nothing else does.
    """
    for form in (word, *singulars(word)):
        if form in PROPS:
            return (*_BY_HAND.get(form, ()), PROPS[form])
        if form in FIGURES:
            return (*_BY_HAND.get(form, ()), f"{form}-shaped")
        if form in _BY_HAND:
            return tuple(dict.fromkeys(_BY_HAND[form]))
    spelt = [w for w in get_close_matches(word, _SPELT, 3, 0.8) if w[0] == word[0]]
    if spelt:
        return tuple(dict.fromkeys(map(_whole, spelt)))
    return _by_place(word, before)


def _by_place(word: str, before: Words) -> tuple[str, ...]:
    """Values of the role that the words before ask for."""
    if {"wearing", "wears", "dressed"} & set(before):
        return ("a cape", "a scarf", "a top hat")
    if {"texture", "made", "style", "textured"} & set(before):
        return ("mango", "bricks", "wood")
    if {"shape", "shaped", "outline"} & set(before):
        return ("square", "heart-shaped")
    for verb in before:
        if verb in VERBS:
            return (VERBS[verb],)
    if word.endswith("ing") and len(word) > 5:
        return ("skating on ice", "reading a book")
    return ()


def _whole(word: str) -> str:
    """The value that a well-spelt word belongs to: "daikon" gives "daikon radish"."""
    if word in VERBS or word in PROPS:
        return VERBS.get(word) or PROPS[word]
    if (word,) in LEXICON:
        return LEXICON[(word,)][1]
    return next(value for words, (_, value) in LEXICON.items() if word in words)
