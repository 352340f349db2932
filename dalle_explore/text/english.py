"""Common English words, so that the tokenizer knows more than the drawn world's captions.

People type their own words; with these among the learner's examples a plain sentence takes about
one and a half tokens a word instead of three. The list was written down for this package by theme,
it is not a frequency count.
"""

__all__ = ["COMMON_WORDS"]

COMMON_WORDS: tuple[str, ...] = tuple(
    """
the a an and or but if then than so because as while when where who whom whose which what why
how that this these those there here it its he him his she her hers they them their we us our
you your i me my mine one ones someone something anyone anything everyone everything nobody
nothing other others another each every either neither both all any some few many much more
most less least several enough such same own only just even also too very quite rather almost
nearly still yet again once twice never ever always often sometimes usually already soon later
now today tomorrow yesterday tonight early late before after during until since for from to
into onto in on at by with without within of off over under above below between among beside
behind beyond near next against across along around through toward towards up down out inside
outside away back forward together apart alone about like unlike except instead despite upon
not no yes well please perhaps maybe really simply exactly finally suddenly slowly quickly
quietly carefully gently

is are was were be been being am do does did done doing have has had having can could will
would shall should may might must need needs needed let lets make makes made making take takes
took taken taking give gives gave given giving get gets got getting go goes went gone going
come comes came coming see sees saw seen seeing look looks looked looking find finds found
finding show shows showed shown showing know knows knew known think thinks thought thinking say
says said saying tell tells told ask asks asked asking answer answered talk talks talked
talking speak speaks spoke speaking call called want wants wanted wish hope hopes hoped love
loves loved like likes liked feel feels felt feeling hear hears heard listen listening keep
keeps kept keeping hold holds held holding put puts putting set sets setting leave leaves left
leaving stay stays stayed stand stands stood standing sit sits sat sitting lie lies lying lay
walk walks walked walking run runs ran running jump jumps jumped jumping fall falls fell
falling fly flies flew flying swim swims swimming dance dances dancing play plays played
playing work works worked working build builds built building draw draws drew drawn drawing
paint paints painted painting write writes wrote written writing read reads reading learn
learns learned learning teach teaches taught use uses used using try tries tried trying help
helps helped helping open opens opened opening close closed closing start starts started stop
stops stopped begin begins began beginning end ends ended turn turns turned turning move moves
moved moving change changes changed changing grow grows grew grown growing carry carries
carried carrying bring brings brought wear wears wore worn wearing eat eats ate eaten eating
drink drinks drank drinking cook cooks cooked cooking sleep sleeps slept sleeping wake woke
smile smiles smiled smiling laugh laughs laughed laughing cry cried crying sing sings sang
singing watch watches watched watching wait waits waited waiting follow follows followed catch
caught throw threw thrown throwing push pull pick picked buy buys bought sell sold pay paid
live lives lived living die died dead born become becomes became seem seems seemed appear
appears happen happens happened remember forgot forget understand believe believed point points
meet met visit visited travel travelled ride rides rode riding drive drives drove driving cut
cuts break broke broken fix fixed cover covered fill filled full hang hanging hide hidden lead
led lose lost win won rest resting rise rose set shine shining glow glowing float floating
skate skating ski skiing climb climbed climbing wave waving

time times year years month months week weeks day days hour hours minute minutes second seconds
moment morning afternoon evening night spring summer autumn winter season weather sun sunny
moon star stars sky cloud clouds cloudy rain rainy snow snowy wind windy storm fog ice fire
smoke light lights dark darkness shadow shadows air water sea ocean lake river stream pond
beach shore island mountain mountains hill hills valley field fields forest woods tree trees
leaf branch grass flower flowers plant plants garden gardens desert rock rocks stone stones
sand earth world ground space planet place places land country city cities town village street
streets road roads path bridge corner park farm market school church castle tower house houses
home homes room rooms kitchen bedroom bathroom hall door doors window windows wall walls floor
roof stairs table tables chair chairs bed desk shelf lamp clock mirror picture pictures photo
photos image book books page pages paper letter letters word words story stories song songs
music piano guitar drum phone computer machine machines engine wheel wheels car cars truck bus
train trains boat boats ship plane bicycle bike rocket robot toy toys ball balls box boxes bag
bags basket bottle glass glasses cup cups bowl plate spoon fork knife pot pan key keys coin
money gold silver metal wood wooden plastic brick bricks cloth cotton wool leather rope string
button shirt dress skirt trousers coat jacket shoes boots socks hat hats cap scarf gloves ring
crown belt umbrella

man men woman women boy boys girl girls child children baby babies people person family father
mother parents son daughter brother sister uncle aunt friend friends neighbour teacher student
doctor nurse farmer king queen prince princess soldier captain artist painter writer singer
cook head face faces hair eye eyes ear ears nose mouth teeth tongue neck shoulder arm arms hand
hands finger fingers leg legs foot feet back body heart skin bone tail wing wings paw fur
feather animal animals dog dogs puppy cat cats kitten horse horses cow cows pig pigs sheep goat
chicken hen duck ducks goose bird birds owl eagle parrot fish shark whale dolphin frog turtle
snake lizard mouse mice rat rabbit fox wolf bear bears lion tiger elephant giraffe zebra monkey
panda penguin deer bee bees butterfly spider ant snail dragon dinosaur unicorn monster ghost
witch wizard giant food bread butter cheese milk egg eggs meat rice soup salad cake cookie pie
chocolate sugar salt honey coffee tea juice fruit apple apples banana orange lemon strawberry
cherry grape pear peach mango pineapple melon vegetable vegetables carrot potato tomato onion
pumpkin mushroom corn bean breakfast lunch dinner party birthday holiday game games sport team
race gift present

big bigger biggest small smaller smallest large larger little tiny huge great long longer short
tall high higher low deep wide narrow thick thin fat heavy light fast slow quick hot cold warm
cool wet dry hard soft smooth rough sharp round square flat straight curved new old young
ancient modern good better best bad worse worst nice fine beautiful pretty lovely cute ugly
strange funny happy sad angry afraid scared tired sleepy hungry thirsty sick healthy strong
weak brave clever smart kind gentle wild calm quiet loud noisy busy empty clean dirty fresh
sweet sour bright pale colourful colour color colours red blue green yellow purple pink brown
black white grey gray orange golden rich poor cheap free easy difficult simple plain important
famous special real true false right wrong different similar several whole half first second
third last next possible perfect favourite zero one two three four five six seven eight nine
ten eleven twelve twenty thirty hundred thousand circle triangle square rectangle pentagon
hexagon cube sphere cone cylinder pyramid shape shapes side sides line lines dot dots stripe
stripes edge middle centre center top bottom left front north south east west part parts piece
pieces kind kinds sort type way ways thing things name names number numbers group pair set row
style texture pattern sketch pencil ink watercolour illustration drawing cartoon poster sign
label pixel neon art artwork portrait landscape scene background view idea ideas dream dreams
problem question reason fact news rule game job money power sound voice noise smell taste touch
size weight height life death war peace god law state history science nature number
""".split()
)
