"""Everyday words that are names or nicknames of people too, in lower case."""

_CALLED = """
    ace amber angel angels april archer art ash aurora august autumn baker bass bay bear beck belle
    bench berry bill bishop blaze bliss blossom blue bond boss boy brandy brave bread bro brook
    brooks brother brown buck bud buddy bush butler candy captain carol cash cat chad chance charity
    chase cherry chef chip chips christian clay cliff cloud coach cook cookie coop coral cruise cruz
    cult daddy dad daisy dawn day dean dick dill dog doll dolly don dove drew dude duke dusk dusty
    eagle easter echo em ember ever eden faith fan fern fish fisher flint flora flower ford forest
    fox frank frost gale gene genesis ghost gill ginger glen gold golden grace grant gray green grey
    guy hall happy harmony harper hart haven hawk hay hazel heath heather heaven holly honey hope
    hero hill hunter ice india iris iron island ivory ivy jade jam jay jazz jeans jersey jet jewel
    job joy judge july june just justice karma king kitty knight lake lance land lane lark legend
    liberty light lion lord lotus love luna mac mama mark marshal master matt mat max may mercury
    mercy melody merry miles mill milk miller misty mod mom monkey moon morgan mum new newton nickel
    noble norm north nova oak ocean olive opal page paige panda paris pat patience peace peach pearl
    penny pepper pierce pike piper pop poppy porter precious pres prince princess queen rain ray
    raven rebel red reed reef rich ridge river rob rock roman rose rosemary rosie rowan ruby rusty
    sage sailor sandy savannah scarlet scout sea serenity shade shadow shaw shell shepherd sierra
    silver sister skip sky sol son song sonny south spark sparrow spike spring star starr sterling
    stone storm sue summer sun sunny sunshine sweet tag temple tiger tin trace trip tucker unity van
    victory violet wade walker ward warren wave wells west wheeler white wiley will willow win windy
    winter wolf wood woods wren york young zen zero blume engel ernst falk frei fuchs glück graf
    groß gut hahn herz himmel hirsch holz jung kaiser klein koch könig kraft krieger lang licht lieb
    löwe maus mond müller neumann reich richter ritter rot sanft schatz schmidt schön schuster
    schwarz sommer sonne stark stein stern traum vogel wald weber weiß wolke wunder wind zimmer
    aimée ange blanc bleu bonne cerise claire désiré fleur france grand jolie lune marin marine mer
    noir océane petit pierre prune reine rivière roi roux soleil blanca cielo claro consuelo delfín
    dolores domingo dulce esperanza estrella flor gloria león linda lobo luz mar mercedes milagros
    nieves paz perla pilar primavera reina rey rosa soledad bianca bruna fiore fortuna gioia grazia
    italia luce mare neve pace prima serena vita bloem koning ster vos zon
"""
_SAID = """
    a about after again all
    also am an and any are around as ask at away back be because been before being best better big
    bit book both but by call came can cant car care chat check class cold come could cool crazy cut
    dark dead deal did didn do does doing done dont door down drink drive eat else end enough even
    every everyone face fact fair fast feel few find fine fire first fix food for free friend from
    full fun funny game gave get girl give go god going gone good got great group had half hand hard
    has have he head hear heart hello help her here hey hi high him his hit home hot house how huge
    i idea if im in into is it its keep kid kill kind knew know last late later laugh lazy least
    leave left less let life like line list little live lol long look lost lot low luck mad made
    make man many maybe me mean meet mind miss money more morning most move much music must my name
    near need never next nice night no nobody none not nothing now number of off oh ok okay old on
    once one only open or other our out over own part party past people phone place plan play please
    point poor pretty pull push put quick quiet ran rather read ready real really rest ride right
    room run sad safe same save saw say school see seem sent set she short should show shut sick
    side sign sit sleep slow small smart smile so some someone soon sorry sound start stay still
    stop stuff such super sure take talk team tell text than thank thanks that the their them then
    there these they thing think this those though thought time tired to today together told too
    took top total town true try turn two under until up us use user very wait walk want war warm
    was wasn watch water way we week well went were what when where which while who whole why wife
    wild wish with woman won word work world worry would wow wrong yeah year yes yet yo you your
    aber alle alles als auch auf aus bei bin bis bist da dann das dass dein dem den der des dich die
    dir doch du ein eine einen einer er es euch für ganz geht habe haben hast hat hier ich ihm ihn
    ihr ist ja jetzt kann kein komm mal mehr mein mich mir mit muss nach nein nicht noch nur ob oder
    ohne schon sehr sein sich sie sind und uns vom von vor warum weil wenn wer wie wieder wir wo zu
    zum zur klar halt eben macht heute morgen ai au aux avec ce ces cette ça c dans de donc elle
    elles en est et eux fait il ils je la le les leur lui ma mais même mes moi mon ne non nos notre
    nous ou où oui par pas plus pour quand que quel qui sa sans se ses si sont sur ta te tes toi ton
    tous tout tu un une va votre vous al algo así bien bueno casa como con cual cuando cómo del
    donde el ella ellos era eres esa ese eso esta este esto está hace hasta hola las lo los más mi
    mis muy nada o para pero poco por porque qué ser sí sin sobre solo su sus también tengo ti tiene
    todo tú una uno ver voy y ya agora ainda aqui assim com dele dela dos e ela ele essa esse eu foi
    isso já lá mas meu minha muito na não nem nós num os pai pela pelo quem sem seu são tem um uma
    vai você che chi ci cosa così di ed fa gli ha hai ho io lei loro mia mio noi nel per perché più
    poi può sei sono sto sua tutto vi voi aan ben bij dat deze dit doen dus een geen goed haar heb
    heeft hem het hij hoe ik jij kan maar meer met mij mijn moet naar niet nog nu om ook op toch tot
    uit veel voor waar wat wel wij wil ze zei zich zijn zo zou
"""
# What chats call those who are nobody in particular.
_ROLES = """
    admin agent anonymous assistant bot buyer caller client customer everybody guest human moderator
    operator parent seller server somebody speaker student support teacher unknown visitor
"""
# What people are called that talk is full of.
NAME_WORDS = frozenset(_CALLED.split())
# These, and the commonest words of English, German, French, Spanish, Portuguese, Italian and Dutch.
COMMON_WORDS = NAME_WORDS | frozenset(_SAID.split()) | frozenset(_ROLES.split())
