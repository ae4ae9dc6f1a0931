"""Challenges of senders who must prove they are people, and confirmations that mailing lists ask for."""

from world import World, cte_of, message, text_part, word


def fields(world: World, sender: str, subject: str, more: list[tuple[str, str]], path: str = "<>") -> list[tuple[str, str]]:
    return [("Return-Path", path), ("Received", f"from {world.host()} by {world.host()} with ESMTP; {world.now()}"), ("Date", world.now()),
            ("From", sender), ("To", world.address("ours.example")), ("Subject", subject), ("Message-ID", world.message_id()), ("MIME-Version", "1.0")] + more


def tmda(world: World) -> bytes:
    domain = world.domain()
    user = world.pick(("jo", "ann", "max"))
    confirm = f"{user}-confirm-{world.number(10**9, 2 * 10**9)}.{world.number(1000, 99999)}.{world.hex(6)}@{domain}"
    text = (f"This message was created automatically by mail delivery software (TMDA).\n\nYour message attached below is being held because the address\n"
            f"<{world.address('ours.example')}> has not been verified.\n\nTo release your message for delivery, please send an empty message\nto the following address, "
            f'or use your mailer\'s "Reply" feature.\n\n   {confirm}\n\nThis confirmation verifies that your message is legitimate and not\njunk-mail. You should only '
            "have to confirm your address once.\n\nIf you do not respond to this confirmation request within 14 days,\nyour message will not be delivered.\n")
    return message(fields(world, f"{world.name()} <{confirm}>", f"Please confirm your message", [
        ("X-Delivery-Agent", "TMDA/1.1.12 (Macallan)"), ("X-Primary-Address", f"{user}@{domain}"), ("Auto-Submitted", "auto-replied"), ("Precedence", "bulk"),
        ("Reply-To", confirm)]), text_part(text, "us-ascii", "7bit"))


def ask(world: World) -> bytes:
    code = world.hex(32)
    text = ("Hello.\n\nThis is an automatic message from the Active Spam Killer. It was sent to you because this is the first\nmessage you send to this address. "
            "To have your message delivered just reply to this message,\nkeeping the subject line intact.\n\nYour message is being held in a queue until then.\n")
    return message(fields(world, f"{world.name()} <{world.address()}>", f"Please confirm (conf#{code})", [
        ("X-AskVersion", "2.5.3 (http://www.paganini.net/ask)"), ("Precedence", "bulk")]), text_part(text, "us-ascii", "7bit"))


def spam_arrest(world: World) -> bytes:
    user = world.name()
    url = f"https://www.spamarrest.com/a2?{world.token(20)}:{world.number(10**8, 10**9)}"
    text = (f"{user} here,\n\nI'm protecting myself from receiving junk mail.\n\nJust this once, click the link below so I can receive your emails.\n"
            f"You won't have to do this again.\n\n{url}\n\n\n------\n\nYou are receiving this message in response to your email to {user}, a Spam Arrest customer.\n\n"
            "Spam Arrest requests that senders verify themselves before their email is delivered.\n")
    return message(fields(world, f"{user} <{world.address()}>", f"Re: {word(world.subject(), 'utf-8')} (Please verify yourself)", [
        ("X-SpamArrest-noauth", "1"), ("Precedence", "junk")]), text_part(text, "us-ascii", "7bit"))


def box_trapper(world: World) -> bytes:
    code = world.hex(32)
    text = (f"The message you sent requires that you verify that you are a real live human being and not a spam source.\n\nTo complete this verification, simply reply to "
            f"this message and leave the subject line intact or click the following link: http://{world.domain()}:2095/bxd.cgi?a={world.address()}&id={code}\n\n"
            "The headers of the message sent from your address are shown below:\n\n"
            f"From {world.address('ours.example')} Mon Jan 05 10:22:04 2009\nReceived: from {world.host()}\n")
    return message(fields(world, f"{world.address()}", f"Your email requires verification verify#{code}", [
        ("X-BoxTrapper", "Jk2mFjd6fT2kK8"), ("Precedence", "bulk")]), text_part(text, "us-ascii", "7bit"))


def earthlink(world: World) -> bytes:
    user = world.address("earthlink.net")
    text = ("I apologize for this automatic reply to your email.\n\nTo control spam, I now allow incoming messages only from senders I have approved beforehand.\n\n"
            "If you would like to be added to my list of approved senders, please fill out the short request form (see link below). Once I approve you, I will receive "
            f"your original message in my inbox. You do not need to resend your message. I apologize for this one-time inconvenience.\n\nClick the link below to fill out the request:\n\n"
            f"https://webmail.pas.earthlink.net/wam/addme?a={user}&id={world.token(20)}\n")
    return message(fields(world, f"{user}", f"Re: {word(world.subject(), 'utf-8')}", [("Auto-Submitted", "auto-replied"), ("X-ELNK-Info", "spv=0;")]), text_part(text, "us-ascii", "7bit"))


def uol(world: World) -> bytes:
    text = (f"ANTISPAM UOL » TIRA-TEIMA\n\nOlá,\n\nVocê enviou uma mensagem para {world.address('uol.example')}\nPara que sua mensagem seja encaminhada, por favor, clique aqui:\n\n"
            f"http://tira-teima.as.uol.com.br/challengeSender.html?data={world.token(40)}\n\nEsta confirmação é necessária porque {world.name('pt')} usa o Antispam UOL, um programa que elimina mensagens enviadas por robôs,\n"
            "como pornografia, propaganda e correntes.\n\nAs próximas mensagens enviadas não precisarão ser confirmadas.\n")
    charset = world.charset("pt")
    return message(fields(world, f"AntiSpam UOL <{world.address('uol.example')}>", word("Re: " + world.subject("pt"), charset), [
        ("Auto-Submitted", "auto-replied")]), text_part(text, charset, "quoted-printable"))


CHALLENGES = (tmda, tmda, ask, spam_arrest, box_trapper, earthlink, uol)


def mailman_2(world: World) -> bytes:
    name, domain, code = world.pick(PLACES_OF_LISTS), world.domain(), world.hex(40)
    request = f"{name}-request@lists.{domain}"
    text = (f"Mailing list subscription confirmation notice for mailing list {name.capitalize()}\n\nWe have received a request from {world.ip()} for subscription of your email\n"
            f'address, "{world.address("ours.example")}", to the {name}@lists.{domain}\nmailing list.  To confirm that you want to be added to this mailing\n'
            f"list, simply reply to this message, keeping the Subject: header\nintact.  Or visit this web page:\n\n    http://lists.{domain}/mailman/confirm/{name}/{code}\n\n"
            f'\nOr include the following line -- and only the following line -- in a\nmessage to {request}:\n\n    confirm {code}\n\nNote that simply sending a `reply\' to this message should work from\n'
            "most mail readers, since that usually leaves the Subject: line in the\nright form (additional \"Re:\" text in the Subject: is okay).\n\n"
            "If you do not wish to be subscribed to this list, please simply\ndisregard this message.  If you think you are being maliciously\nsubscribed to the list, "
            f"or have any other questions, send them to\n{name}-owner@lists.{domain}.\n")
    return message(fields(world, request, f"confirm {code}", [
        ("Reply-To", request), ("X-Mailman-Version", "2.1.39"), ("Precedence", "bulk"), ("X-BeenThere", f"{name}@lists.{domain}"),
        ("List-Id", f"<{name}.lists.{domain}>"), ("X-List-Administrivia", "yes"), ("Errors-To", f"{name}-bounces@lists.{domain}")],
        f"<{name}-bounces@lists.{domain}>"), text_part(text, "us-ascii", "7bit"))


def mailman_3(world: World) -> bytes:
    name, domain, code = world.pick(PLACES_OF_LISTS), world.domain(), world.hex(40)
    text = ("Email Address Registration Confirmation\n\n"
            f"Hello, this is the GNU Mailman server at {domain}.\n\nWe have received a registration request for the email address\n\n    {world.address('ours.example')}\n\n"
            "Before you can start using GNU Mailman at this site, you must first confirm\nthat this is your email address.  You can do this by replying to this message.\n\n"
            f"Or you should include the following line -- and only the following\nline -- in a message to {name}-request@{domain}:\n\n    confirm {code}\n\n"
            "Note that simply sending a `reply' to this message should work from most mail\nreaders.\n\nIf you do not wish to register this email address, simply disregard this\n"
            f"message.  If you think you are being maliciously subscribed to the list, or\nhave any other questions, you may contact\n\n    {name}-owner@{domain}\n")
    return message(fields(world, f"{name}-confirm+{code}@{domain}", f"Your confirmation is needed to join the {name}@{domain} mailing list.", [
        ("Precedence", "bulk"), ("X-Mailman-Version", "3.3.8"), ("Auto-Submitted", "auto-generated")], f"<{name}-bounces@{domain}>"), text_part(text, "us-ascii", "7bit"))


def majordomo(world: World) -> bytes:
    name, domain, code = world.pick(PLACES_OF_LISTS), world.domain(), world.hex(8)
    user = world.address("ours.example")
    text = (f"Someone (possibly you) has requested that your email address be added\nto or deleted from the mailing list \"{name}@{domain}\".\n\n"
            f"If you really want this action to be taken, please send the following\ncommands (exactly as shown) back to \"Majordomo@{domain}\":\n\n"
            f"\tauth {code} subscribe {name} {user}\n\nIf you do not want this action to be taken, simply ignore this message\nand the request will be disregarded.\n\n"
            f"If your mailer will not allow you to send the entire command as a single\nline, you may split it using backslashes, like so:\n\n        auth {code} subscribe {name} \\\n        {user}\n\n"
            f"If you have any questions about the policy of the list owner, please\ncontact \"{name}-approval@{domain}\".\n\nThanks!\n\nMajordomo@{domain}\n")
    return message(fields(world, f"Majordomo@{domain}", f"Confirmation for subscribe {name}", [("Reply-To", f"Majordomo@{domain}"), ("Precedence", "bulk")],
                          f"<owner-majordomo@{domain}>"), text.encode())


def ezmlm(world: World) -> bytes:
    name, domain = world.pick(PLACES_OF_LISTS), world.domain()
    reply = f"{name}-sc.{world.number(10**9, 2 * 10**9)}.{world.token(20).lower()}-ann=ours.example@{domain}"
    text = (f"Hi! This is the ezmlm program. I'm managing the\n{name}@{domain} mailing list.\n\nTo confirm that you would like\n\n   {world.address('ours.example')}\n\n"
            f"added to the {name} mailing list, please send\nan empty reply to this address:\n\n   {reply}\n\nUsually, this happens when you just hit the \"reply\" button.\n"
            "If this does not work, simply copy the address and paste it into\nthe \"To:\" field of a new message.\n\n"
            "This confirmation serves two purposes. First, it verifies that I am able\nto get mail through to you. Second, it protects you in case someone\nforges a subscription request in your name.\n")
    return message([("Mailing-List", f"contact {name}-help@{domain}; run by ezmlm"), ("Reply-To", reply)] + fields(
        world, f"{name}-help@{domain}", f"confirm subscribe to {name}@{domain}", [("Content-Type", "text/plain; charset=us-ascii")], f"<{name}-return-@{domain}>"), text.encode())


def mlmmj(world: World) -> bytes:
    name, domain, code = world.pick(PLACES_OF_LISTS), world.domain(), world.hex(16)
    text = (f"Hi, this is the Mlmmj program managing the <{name}@{domain}> mailing\nlist.\n\nTo confirm you would like to subscribe to the list, please send a message to\n"
            f"<{name}+confsub-{code}-ann=ours.example@{domain}> which can usually\nbe done simply by replying to this message. The subject and the body of the\nmessage can be anything.\n\n"
            "After doing so, you should receive a reply informing you that the operation was\nsuccessful.\n\nIf you do not want to do this, simply ignore this message.\n")
    return message(fields(world, f"{name}+owner@{domain}", f"Confirm subscription to {name}@{domain}", [
        ("Reply-To", f"{name}+confsub-{code}-ann=ours.example@{domain}"), ("Content-Type", "text/plain; charset=utf-8")], f"<{name}+bounces@{domain}>"), text.encode())


def listserv(world: World) -> bytes:
    name, domain, code = world.pick(PLACES_OF_LISTS).upper(), world.domain().upper(), world.hex(8).upper()
    text = (f"Your command:\n\n                  SUBSCRIBE {name} {world.name()}\n\nhas been received. You must now reply to this message (as explained\nbelow) to complete your subscription. "
            f"The purpose of this confirmation\nprocedure is to make sure that you have indeed requested to be added to the\nlist.\n\nTo confirm the execution of your command, simply click on the following URL:\n\n"
            f"  http://{domain}/cgi-bin/wa?OK={code}\n\nAlternatively, if you have no WWW access, you can reply to the present\nmessage and type \"ok\" (without the quotes) as the text of your message.\n\n"
            "Finally, your command will be cancelled automatically if you do not confirm it\nwithin 48 hours.\n")
    return message(fields(world, f'"L-Soft list server at {domain} (16.0)" <LISTSERV@{domain}>', f"Command confirmation request ({code})", [
        ("X-LSV-ListID", "None"), ("Content-Type", "text/plain; charset=utf-8")]), text.encode())


def sympa(world: World) -> bytes:
    name, domain, code = world.pick(PLACES_OF_LISTS), world.domain(), world.hex(8)
    text = (f"Someone, probably you, requested to subscribe to list '{name}'.\nIn order to process your request, you need to click on the following link:\n\nmailto:sympa@{domain}?subject=AUTH%20{code}%20SUBSCRIBE%20{name}\n\n"
            f"or send a message to sympa@{domain} with the following subject:\nAUTH {code} SUBSCRIBE {name}\n\nIf you do not want this action to be performed, simply ignore this message.\n")
    return message(fields(world, f"SYMPA <sympa@{domain}>", f"confirm AUTH {code} SUBSCRIBE {name}", [
        ("X-Loop", f"sympa@{domain}"), ("Auto-Submitted", "auto-generated"), ("Content-Type", "text/plain; charset=utf-8")], f"<sympa-owner@{domain}>"), text.encode())


# A newsletter's double opt-in: subject, words, the link's label.
OPT_IN = {
    "en": ("Please confirm your subscription", "You have signed up for our newsletter with this address. Please click on the following link to confirm your subscription:", "If you did not request this, simply ignore this email; you will not be subscribed."),
    "de": ("Bitte bestätigen Sie Ihre Newsletter-Anmeldung", "Sie haben sich mit dieser Adresse für unseren Newsletter angemeldet. Bitte klicken Sie auf den folgenden Link, um Ihre Anmeldung zu bestätigen:", "Falls Sie sich nicht angemeldet haben, ignorieren Sie diese E-Mail einfach."),
    "fr": ("Confirmez votre inscription à la newsletter", "Vous avez demandé à vous inscrire à notre lettre d'information. Veuillez cliquer sur le lien suivant pour confirmer votre inscription :", "Si vous n'êtes pas à l'origine de cette demande, ignorez simplement ce message."),
    "es": ("Confirme su suscripción al boletín", "Ha solicitado suscribirse a nuestro boletín. Haga clic en el siguiente enlace para confirmar su suscripción:", "Si usted no ha solicitado esta suscripción, ignore este mensaje."),
    "it": ("Conferma la tua iscrizione alla newsletter", "Hai richiesto l'iscrizione alla nostra newsletter. Fai clic sul seguente link per confermare l'iscrizione:", "Se non hai richiesto l'iscrizione, ignora questo messaggio."),
    "pt": ("Confirme a sua inscrição na newsletter", "Recebemos um pedido de inscrição na nossa newsletter. Clique no link abaixo para confirmar a sua inscrição:", "Se não fez este pedido, ignore esta mensagem."),
    "nl": ("Bevestig uw aanmelding voor de nieuwsbrief", "U heeft zich aangemeld voor onze nieuwsbrief. Klik op de onderstaande link om uw aanmelding te bevestigen:", "Heeft u zich niet aangemeld, dan kunt u dit bericht negeren."),
    "ru": ("Подтвердите подписку на рассылку", "Вы подписались на нашу рассылку. Чтобы подтвердить подписку, перейдите по ссылке:", "Если вы не подписывались, просто проигнорируйте это письмо."),
    "pl": ("Potwierdź zapis do newslettera", "Otrzymaliśmy prośbę o zapisanie tego adresu do newslettera. Aby potwierdzić subskrypcję, kliknij poniższy link:", "Jeśli nie zapisywałeś się do newslettera, zignoruj tę wiadomość."),
    "sv": ("Bekräfta din prenumeration på nyhetsbrevet", "Du har anmält dig till vårt nyhetsbrev. Klicka på länken nedan för att bekräfta din prenumeration:", "Om du inte har anmält dig kan du bortse från detta meddelande."),
    "ja": ("メールマガジン登録の確認", "メールマガジンの購読をお申し込みいただきありがとうございます。以下のリンクをクリックして登録を確認してください。", "お心当たりのない場合は、このメールを破棄してください。"),
    "zh": ("请确认您的订阅", "您已申请订阅我们的电子报。请点击以下链接确认订阅：", "如果您没有申请订阅，请忽略此邮件。"),
}
PLACES_OF_LISTS = "users announce devel gardening chess historians editors sailing astronomy volunteers".split()


def newsletter(world: World) -> bytes:
    language = world.pick(sorted(OPT_IN))
    charset = world.charset(language)
    subject, ask_words, otherwise = OPT_IN[language]
    domain = world.domain()
    text = f"{ask_words}\n\nhttps://{domain}/confirm/{world.hex(32)}\n\n{otherwise}\n\n{domain}\n"
    return message(fields(world, f"newsletter@{domain}", word(subject, charset), [("X-Mailer", "phplist version 3.6.14")], f"<bounces@{domain}>"),
                   text_part(text, charset, cte_of(world, charset)))


CONFIRMATIONS = (mailman_2, mailman_2, mailman_3, majordomo, ezmlm, mlmmj, listserv, sympa, newsletter, newsletter)


def challenge(world: World) -> tuple[str, bytes]:
    form = world.pick(CHALLENGES)
    return form.__name__, form(world)


def confirmation(world: World) -> tuple[str, bytes]:
    form = world.pick(CONFIRMATIONS)
    return form.__name__, form(world)
