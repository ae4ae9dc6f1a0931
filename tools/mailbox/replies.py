"""Out-of-office replies as mail programs and servers write them, in the words people choose."""

from world import World, cte_of, encoded, message, text_part, word

# Subject prefix of Exchange and Outlook; what people write, once formal, once short.
ABSENT = {
    "en": ("Automatic reply: ", ("Thank you for your message. I am out of the office until {d} with no access to e-mail. In urgent cases please contact {a}.",
                                 "I am currently on annual leave and will return on {d}. Your mail will not be forwarded.",
                                 "I'm away from my desk this week and will answer when I am back on {d}.")),
    "de": ("Automatische Antwort: ", ("Vielen Dank für Ihre Nachricht. Ich bin bis zum {d} nicht im Büro. Ihre E-Mail wird nicht weitergeleitet. In dringenden Fällen wenden Sie sich bitte an {a}.",
                                      "Ich bin zurzeit im Urlaub und ab dem {d} wieder erreichbar.",
                                      "Leider bin ich derzeit nicht am Arbeitsplatz. Ab {d} bin ich wieder für Sie da.")),
    "fr": ("Réponse automatique : ", ("Bonjour, je suis actuellement absent du bureau jusqu'au {d}. En cas d'urgence, merci de contacter {a}.",
                                      "Je suis en congé et serai de retour le {d}. Vos messages ne seront pas transférés.")),
    "es": ("Respuesta automática: ", ("Gracias por su mensaje. Estaré fuera de la oficina hasta el {d}. Para asuntos urgentes, póngase en contacto con {a}.",
                                      "Estoy de vacaciones y regresaré el {d}. Responderé a su correo a mi regreso.")),
    "it": ("Risposta automatica: ", ("Grazie per il messaggio. Sono fuori ufficio fino al {d}. Per urgenze contattare {a}.",
                                     "Sono assente per ferie e rientrerò il {d}. Risponderò al mio rientro.")),
    "pt": ("Resposta automática: ", ("Obrigado pela sua mensagem. Estarei fora do escritório até {d}. Em caso de urgência, contacte {a}.",
                                     "Encontro-me de férias e regresso no dia {d}.")),
    "nl": ("Automatisch antwoord: ", ("Bedankt voor uw bericht. Ik ben tot {d} niet op kantoor. Voor dringende zaken kunt u contact opnemen met {a}.",
                                      "Ik ben met vakantie en ben op {d} weer bereikbaar. Uw e-mail wordt niet doorgestuurd.")),
    "ru": ("Автоматический ответ: ", ("Спасибо за ваше письмо. Я буду отсутствовать в офисе до {d}. По срочным вопросам обращайтесь к {a}.",
                                      "Я нахожусь в отпуске и вернусь {d}. Отвечу на ваше письмо после возвращения.")),
    "pl": ("Odpowiedź automatyczna: ", ("Dziękuję za wiadomość. Jestem poza biurem do {d}. W pilnych sprawach proszę o kontakt z {a}.",
                                        "Przebywam na urlopie i wracam {d}. Odpowiem na wiadomość po powrocie.")),
    "sv": ("Automatiskt svar: ", ("Tack för ditt meddelande. Jag är inte på kontoret förrän {d}. I brådskande fall kontakta {a}.",
                                  "Jag är på semester och åter på kontoret {d}.")),
    "ja": ("自動応答: ", ("ご連絡ありがとうございます。{d}まで不在にしております。お急ぎの方は {a} までご連絡ください。", "ただいま休暇中のため、{d}以降にご返信いたします。")),
    "zh": ("自动答复: ", ("您好，感谢您的来信。我目前不在办公室，{d}返回。如有急事，请联系 {a}。", "我正在休假，将于{d}回来后尽快回复您的邮件。")),
}
OLD_OUTLOOK = {"en": "Out of Office AutoReply: ", "de": "Abwesenheitsnotiz: ", "fr": "Absence du bureau : ", "es": "Fuera de la oficina: ",
               "it": "Fuori sede: ", "nl": "Afwezigheidsbericht: ", "sv": "Frånvaromeddelande: ", "pl": "Nieobecny w biurze: "}


class Case:
    def __init__(self, world: World, language: str = ""):
        self.language = language or world.pick(sorted(ABSENT))
        self.charset = world.charset(self.language)
        self.domain = world.domain()
        self.sender = world.address(self.domain)
        self.name = world.name(self.language)
        self.to = world.address("ours.example")
        self.subject = world.subject(self.language)
        day = f"{world.number(1, 28)}.{world.number(1, 12)}.20{world.number(18, 26)}"
        if self.language == "en":
            day = f"{world.number(1, 28)} {world.pick('January March April June July August October'.split())}"
        signature = f"\n\n{self.name}\n" if world.chance(0.8) else "\n"
        self.text = world.pick(ABSENT[self.language][1]).format(d=day, a=world.address(self.domain)) + signature
        self.charset = "utf-8" if self.language in ("en",) and world.chance(0.5) else self.charset
        self.cte = cte_of(world, self.charset)

    def line(self, text: str) -> str:
        return word(text, self.charset)

    def fields(self, world: World, subject: str, more: list[tuple[str, str]], path: str = "<>") -> list[tuple[str, str]]:
        answered = world.message_id()
        fields = [("Return-Path", path), ("Received", f"from {world.host()} by {world.host()} with ESMTP; {world.now()}"),
                  ("From", f"{self.line(self.name)} <{self.sender}>"), ("To", self.to), ("Subject", subject), ("Date", world.now()),
                  ("Message-ID", world.message_id(self.domain)), ("MIME-Version", "1.0")]
        if world.chance(0.6):
            fields += [("In-Reply-To", answered), ("References", answered)]
        return fields + more

    def body(self) -> bytes:
        return text_part(self.text, self.charset, self.cte)


def exchange(world: World) -> bytes:
    case = Case(world)
    return message(case.fields(world, case.line(ABSENT[case.language][0] + case.subject), [
        ("X-Auto-Response-Suppress", "All"), ("auto-submitted", "auto-generated"), ("X-MS-Exchange-Inbox-Rules-Loop", case.sender),
        ("Thread-Topic", case.line(case.subject))]), case.body())


def old_outlook(world: World) -> bytes:
    case = Case(world, world.pick(sorted(OLD_OUTLOOK)))
    return message(case.fields(world, case.line(OLD_OUTLOOK[case.language] + case.subject), [
        ("X-MimeOLE", "Produced By Microsoft Exchange V6.5"), ("X-MS-Has-Attach", ""), ("X-MS-TNEF-Correlator", "")]), case.body())


def vacation(world: World) -> bytes:
    case = Case(world)
    subject = world.pick(("away from my mail", f"Re: {case.subject}", f"Auto: {case.subject}"))
    return message(case.fields(world, case.line(subject), [("Auto-Submitted", "auto-replied"), ("Precedence", "bulk")]), case.body())


def sieve(world: World) -> bytes:
    case = Case(world)
    return message(case.fields(world, case.line(f"Auto: {case.subject}"), [
        ("X-Sieve", "Pigeonhole Sieve 0.5.19 (4eae2f79)"), ("Auto-Submitted", "auto-replied (vacation)"), ("Precedence", "bulk")]), case.body())


def gmail(world: World) -> bytes:
    case = Case(world)
    case.charset, case.cte = "utf-8", "base64"
    return message(case.fields(world, case.line(f"{ABSENT[case.language][0].strip(' :')} Re: {case.subject}"), [
        ("Precedence", "bulk"), ("X-Autoreply", "yes"), ("Auto-Submitted", "auto-replied")]), case.body())


def notes(world: World) -> bytes:
    case = Case(world, "en")
    case.text = (f"I am out of the office until {world.number(1, 12):02}/{world.number(1, 28):02}/2024.\n\n{case.text}\n\n"
                 f'Note: This is an automated response to your message  "{case.subject}" sent on {world.number(1, 12)}/{world.number(1, 28)}/24 9:14:27 AM.\n\n'
                 "This is the only notification you will receive while this person is away.\n")
    return message(case.fields(world, f"AUTO: {case.line(case.name)} is out of the office (returning {world.number(1, 12):02}/{world.number(1, 28):02}/2024)", [
        ("Auto-Submitted", "auto-generated"), ("X-MIMETrack", f"Serialize by Router on {world.host()}/Server")]), case.body())


def zimbra(world: World) -> bytes:
    case = Case(world)
    return message(case.fields(world, case.line(f"Out of Office: {case.subject}"), [
        ("Auto-Submitted", "auto-replied (zimbra; vacation)"), ("Precedence", "bulk"), ("X-Mailer", "Zimbra 8.8.15_GA_3894")]), case.body())


def hosting_panel(world: World) -> bytes:
    case = Case(world)
    return message(case.fields(world, case.line(world.pick((f"Autoreply: {case.subject}", f"Re: {case.subject}"))), [
        ("X-Autorespond", case.line(case.subject)), ("Precedence", "auto_reply"), ("X-Precedence", "auto_reply"), ("Auto-Submitted", "auto-replied")],
        f"<{case.sender}>"), case.body())


def groupwise(world: World) -> bytes:
    case = Case(world)
    return message(case.fields(world, case.line(f"Auto Reply: {case.subject}"), [
        ("X-Mailer", "Novell GroupWise Internet Agent 8.0.2"), ("Auto-Submitted", "auto-replied")]), case.body())


def foxmail(world: World) -> bytes:
    case = Case(world, "zh")
    case.charset = "gb18030"
    return message(case.fields(world, case.line(f"自动回复: {case.subject}"), [
        ("X-QQ-mid", f"autoreply{world.number(1000, 9999)}t{world.number(10**9, 2 * 10**9)}"), ("Auto-Submitted", "auto-replied")], f"<{case.sender}>"), case.body())


REPLIES = (exchange, exchange, exchange, old_outlook, vacation, sieve, gmail, notes, zimbra, hosting_panel, groupwise, foxmail)


def out_of_office(world: World) -> tuple[str, bytes]:
    form = world.pick(REPLIES)
    return form.__name__, form(world)
