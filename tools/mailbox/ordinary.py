"""Ordinary mail and spam: people, lists, shops, newsletters; some of it about bounces, absence and confirmation.

Most messages are put together from pieces made once, so that hundreds of thousands take seconds.
"""

import base64

import bounces
import replies
import requests
from world import World, message, text_part, word

VOCABULARY = ("the of and to in for on with at by from about project plan budget team client report draft review figures schedule week month server account house train "
              "garden recipe weather photo travel concert ticket school teacher doctor meeting question answer idea problem change version release build patch table "
              "paper book chapter author story city street market price offer delivery order invoice payment contract letter call phone message mail list office "
              "kitchen window door river mountain sea summer winter spring autumn morning evening night friend family child parent brother sister neighbour dog cat "
              "we you they it this that which when because although however perhaps certainly quickly slowly again already never always often sometimes").split()
TOPICS = ("Re: [{l}] patch for {n}", "[{l}] release {n}.1", "Re: [{l}] build fails on arm64", "[{l}] meeting notes", "Re: [{l}] question about configuration", "[{l}] digest, issue {n}")
LISTS = "users devel announce postfix-talk mailop-talk sailing gardening chess kernel-news".split()
PEOPLE_SUBJECTS = ("Re: lunch", "Photos from Sunday", "Re: Re: contract", "minutes", "Question", "Re: your visit", "Offer {n}", "Fwd: recipe", "tomorrow", "Happy birthday!",
                   "Termin am Montag", "Re: Rechnung {n}", "Réunion", "Presupuesto {n}", "Preventivo", "встреча", "資料の送付", "会议纪要", "Spotkanie", "Möte på fredag")
SPAM_SUBJECTS = ("Cheap watches {n}", "You have WON {n} EUR", "Lose weight in {n} days", "Business proposal", "Your parcel no. {n}", "Meet singles", "Investment {n}%",
                 "RE: Your account", "Hot stock tip", "Последнее предложение", "发票代开 {n}", "限定セール", "Kredit ohne Schufa", "Gagnez {n} euros")
SHOP_SUBJECTS = ("Your order {n} has been confirmed", "Order confirmation #{n}", "Please confirm your appointment on Friday", "Shipping confirmation {n}", "Your receipt",
                 "Password reset", "Ihre Bestellung {n}", "Bestätigung Ihrer Buchung {n}", "Confirmation de commande n° {n}", "Confirmación de pedido {n}",
                 "Conferma dell'ordine {n}", "Bevestiging van uw bestelling {n}", "Подтверждение заказа {n}", "ご注文の確認 {n}", "订单确认 {n}", "Delivery scheduled for Tuesday")
# Words that automatic answers have too, in mail that people write.
ABOUT = (
    ("Re: out of office next week?", "Are you out of the office next week as well? I will be on vacation until Monday and will have limited access to my mail."),
    ("Out of office replies - new policy", "Please remember to switch on your automatic reply whenever you are out of the office for more than a day."),
    ("Urlaub im August", "Ich bin bis zum 12. nicht im Büro und habe eine Abwesenheitsnotiz eingerichtet. Kannst du mich vertreten?"),
    ("Re: réponse automatique", "J'ai bien reçu ta réponse automatique d'absence, à ton retour peux-tu m'appeler ?"),
    ("mail to Bob keeps bouncing", "Everything I send to Bob comes back with \"550 5.1.1 User unknown\". The mailer-daemon says his mailbox does not exist. Has his address changed?"),
    ("Re: Undelivered Mail Returned to Sender", "See below what I got from your server. Could you have a look at it?"),
    ("Re: failure notice", "I tried again and it still says that it could not be delivered to one or more recipients."),
    ("Re: Mail delivery failed: returning message to sender", "Has anybody else seen these? I did not send that mail at all, somebody forges my address."),
    ("Unzustellbar: was heißt das?", "Ich bekomme ständig Mails mit dem Betreff Unzustellbar, obwohl ich nichts verschickt habe. Was soll ich tun?"),
    ("please confirm", "Please confirm that you received the contract, and confirm the date with Carol."),
    ("Confirm your attendance", "Please confirm by replying to this message whether you will attend the dinner on Saturday."),
    ("backscatter again", "Our postmaster counted thousands of bounces and out-of-office replies last night, all answers to spam we never sent."),
    ("subscription", "I would like to subscribe to the paper edition. Do I have to confirm anything?"),
    ("Re: your message to the list", "The moderator said my message was held for approval, is that normal?"),
)
HTML = ('<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><style>p {{ margin: 0 0 12px; font-family: Arial; }} .b-x {{ color: #336; }}</style></head>\n'
        "<body bgcolor=\"#ffffff\"><table width=\"600\" cellpadding=\"0\" cellspacing=\"0\"><tr><td>\n{}\n</td></tr></table></body></html>\n")


class Ordinary:
    """Makes ordinary messages."""

    def __init__(self, world: World):
        self.world = world
        self.paragraphs = [self._paragraph() for _ in range(400)]
        self.pages = [HTML.format("\n".join(f'<p class="b-x">{p}</p><img src="http://{world.domain()}/{world.hex(8)}.png">' for p in world.random.sample(self.paragraphs, world.number(2, 7))))
                      for _ in range(150)]
        self.people = [(word(world.name(language), "utf-8"), world.address()) for language in ("en", "en", "en", "de", "fr", "ru", "ja") for _ in range(60)]
        self.hosts = [world.host() for _ in range(200)]
        self.file = base64.encodebytes(world.random.randbytes(900_000))

    def _paragraph(self) -> str:
        lines, line = [], ""
        for _ in range(self.world.number(25, 90)):
            line += self.world.pick(VOCABULARY) + " "
            if len(line) > 64:
                lines.append(line.rstrip())
                line = ""
        return ("\n".join(lines + [line.rstrip()])).capitalize() + "."

    def text(self, least: int = 1, most: int = 9) -> str:
        return "\n\n".join(self.world.random.choices(self.paragraphs, k=self.world.number(least, most))) + "\n"

    def head(self, sender: str, subject: str, more: list[tuple[str, str]]) -> list[tuple[str, str]]:
        world, hosts = self.world, self.hosts
        fields = [("Return-Path", f"<{sender.rsplit('<')[-1].strip('>')}>"), ("Delivered-To", "ann@ours.example")]
        date = world.now()
        for _ in range(world.number(1, 4)):
            fields.append(("Received", f"from {world.pick(hosts)} ({world.pick(hosts)} [192.0.2.{world.number(1, 254)}])\n\tby {world.pick(hosts)} (Postfix) with ESMTPS id "
                                       f"{world.hex(10)}\n\tfor <ann@ours.example>; {date}"))
        if world.chance(0.5):
            fields.append(("DKIM-Signature", f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={sender.rsplit('@')[-1].strip('>')};\n\ts=s1; t={world.clock}; "
                                             f"h=from:to:subject:date:message-id;\n\tbh={world.hex(43)}=;\n\tb={world.hex(64)}\n\t {world.hex(64)}="))
        fields += [("Message-ID", f"<{world.hex(16)}@{world.pick(hosts)}>"), ("Date", date), ("From", sender), ("To", "Ann <ann@ours.example>"), ("Subject", subject), ("MIME-Version", "1.0")]
        return fields + more

    def person(self) -> tuple[str, str]:
        return self.world.pick(self.people)

    def letter(self, subject: str, text: str, more: list[tuple[str, str]] | None = None) -> bytes:
        name, address = self.person()
        fields = self.head(f"{name} <{address}>", word(subject, "utf-8"), [("User-Agent", "Mozilla Thunderbird")] + (more or []))
        if self.world.chance(0.4):
            fields += [("In-Reply-To", f"<{self.world.hex(16)}@{self.world.pick(self.hosts)}>")]
        return message(fields, text_part(text, "utf-8", "8bit"))

    def both_forms(self, subject: str, sender: str, more: list[tuple[str, str]]) -> bytes:
        mark = f"----=_Part_{self.world.hex(16)}"
        body = (f'Content-Type: multipart/alternative; boundary="{mark}"\n\n--{mark}\nContent-Type: text/plain; charset=utf-8\n\n{self.text(1, 4)}\n'
                f"--{mark}\nContent-Type: text/html; charset=utf-8\n\n{self.world.pick(self.pages)}\n--{mark}--\n")
        return message(self.head(sender, word(subject, "utf-8"), more), body.encode())

    def plain(self) -> bytes:
        return self.letter(self.world.pick(PEOPLE_SUBJECTS).format(n=self.world.number(100, 9999)), self.text())

    def alternative(self) -> bytes:
        name, address = self.person()
        return self.both_forms(self.world.pick(PEOPLE_SUBJECTS).format(n=self.world.number(100, 9999)), f"{name} <{address}>", [])

    def list_post(self) -> bytes:
        world = self.world
        name = world.pick(LISTS)
        subject = world.pick(TOPICS).format(l=name, n=world.number(1, 99))
        text = self.text(1, 5)
        if world.chance(0.04):
            form, notice = bounces.bounce(world)
            subject = f"Re: [{name}] {form} and the mailer-daemon: what is this bounce?"
            quoted = notice.split(b"\n\n", 1)[1][:1500].decode("utf-8", "replace")
            text = f"On my server I get this:\n\n{self._quote(quoted)}\n\n{text}"
        person, address = self.person()
        return message(self.head(f"{person} <{address}>", subject, [
            ("List-Id", f"<{name}.lists.example.org>"), ("List-Post", f"<mailto:{name}@lists.example.org>"), ("Precedence", "list"),
            ("Sender", f"{name}-bounces@lists.example.org"), ("X-Mailman-Version", "2.1.39"), ("Errors-To", f"{name}-bounces@lists.example.org")]), text_part(text, "utf-8", "8bit"))

    def _quote(self, text: str) -> str:
        mark = self.world.pick(("> ", "> ", "| ", "    "))
        return "\n".join(mark + line for line in text.splitlines())

    def newsletter(self) -> bytes:
        domain = self.world.domain()
        return self.both_forms(f"{self.world.pick(VOCABULARY).capitalize()} news of the week, no. {self.world.number(1, 300)}", f"News <news@{domain}>", [
            ("List-Unsubscribe", f"<https://{domain}/u/{self.world.hex(16)}>"), ("Precedence", "bulk"), ("X-Mailer", "MailGun")])

    def shop(self) -> bytes:
        domain = self.world.domain()
        subject = self.world.pick(SHOP_SUBJECTS).format(n=self.world.number(10_000, 999_999))
        more = [("Auto-Submitted", "auto-generated")] if self.world.chance(0.15) else []
        return self.both_forms(subject, f"Shop <{self.world.pick(('no-reply', 'orders', 'service'))}@{domain}>", more)

    def spam(self) -> bytes:
        subject = self.world.pick(SPAM_SUBJECTS).format(n=self.world.number(5, 9999))
        if self.world.chance(0.5):
            name, address = self.person()
            return message(self.head(f"{name} <{address}>", word(subject, "utf-8"), [("X-Priority", "1")]), text_part(self.world.pick(self.pages), "utf-8", "8bit", "html"))
        return self.letter(subject, self.text(1, 4) + f"\nhttp://{self.world.domain()}/{self.world.token(9)}\n")

    def attachment(self) -> bytes:
        world = self.world
        lines = world.number(50, 700) if world.chance(0.9) else world.number(700, 13_000)
        at = 77 * world.number(0, 1000)
        mark = f"=_{world.hex(20)}"
        file = world.pick(('application/pdf; name="report.pdf"', 'image/jpeg; name="photo.jpg"', 'application/zip; name="files.zip"', 'application/msword; name="draft.doc"'))
        name, address = self.person()
        body = (f'Content-Type: multipart/mixed; boundary="{mark}"\n\n--{mark}\n'.encode() + text_part(self.text(1, 2), "utf-8", "8bit")
                + f"\n--{mark}\nContent-Type: {file}\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment\n\n".encode()
                + self.file[at:at + 77 * lines] + f"\n--{mark}--\n".encode())
        return message(self.head(f"{name} <{address}>", world.pick(PEOPLE_SUBJECTS).format(n=7), []), body)

    def about_bounces(self) -> bytes:
        subject, text = self.world.pick(ABOUT)
        notice = ""
        if subject.startswith("Re:") or self.world.chance(0.3):
            notice = "\n\nOn Monday a mail server wrote:\n" + self._quote(bounces.bounce(self.world)[1][:2500].decode("utf-8", "replace"))
        return self.letter(subject, f"Hi,\n\n{text}\n\n{self.text(0, 3)}{notice}\n")

    def forwarded(self) -> bytes:
        """A notice that a person sends on: inline, or as an attached message."""
        world = self.world
        make = world.pick((bounces.bounce, bounces.delay, replies.out_of_office, requests.challenge, requests.confirmation))
        notice = make(world)[1]
        name, address = self.person()
        subject = next((line[9:] for line in notice.decode("utf-8", "replace").splitlines() if line.startswith("Subject: ")), "your mail")
        subject = f"Fwd: {subject}" if world.chance(0.7) else "what is this?"
        if world.chance(0.5):
            mark = f"------------{world.hex(16)}"
            body = (f'Content-Type: multipart/mixed; boundary="{mark}"\n\n--{mark}\n'.encode() + text_part("Do you know what this means?\n\n" + self.text(0, 2), "utf-8", "8bit")
                    + f"\n--{mark}\nContent-Type: message/rfc822; name=\"Attached Message\"\nContent-Disposition: attachment\n\n".encode() + notice + f"\n--{mark}--\n".encode())
            return message(self.head(f"{name} <{address}>", subject, [("User-Agent", "Mozilla Thunderbird")]), body)
        text = "FYI\n\n---------- Forwarded message ----------\n" + notice.decode("utf-8", "replace")
        return message(self.head(f"{name} <{address}>", subject, []), text_part(text, "utf-8", "8bit"))

    def robot(self) -> bytes:
        """What programs write that answers nothing."""
        world = self.world
        host = world.pick(self.hosts)
        subject, text, more = world.pick((
            (f"Cron <root@{host}> /usr/local/bin/backup", "backup finished: 0 errors\n", [("Auto-Submitted", "auto-generated"), ("X-Cron-Env", "<SHELL=/bin/sh>")]),
            (f"Logwatch for {host} (Linux)", "--------- postfix Begin ---------\n 12 Bounced\n 3 5xx Reject user unknown\n 4 Undelivered mail returned to sender\n", [("Auto-Submitted", "auto-generated")]),
            (f"pflogsumm of {host}", "Per-Hour Traffic Summary\n  received 120\n  bounced 14 (mailer-daemon)\n  deferred 9\n", []),
            (f"** PROBLEM Service Alert: {host}/SMTP is CRITICAL **", "Notification Type: PROBLEM\nInfo: connect: Connection timed out\n", [("Precedence", "bulk")])))
        return message(self.head(f"root@{host}", subject, more), text_part(text + self.text(0, 2), "us-ascii", "7bit"))

    def make(self) -> tuple[str, bytes]:
        at = self.world.random.random()
        for share, form in self.SHARES:
            if at < share:
                return form.__name__, form(self)
            at -= share
        return "plain", self.plain()

    SHARES = ((0.30, plain), (0.15, alternative), (0.20, list_post), (0.11, newsletter), (0.09, shop), (0.08, spam), (0.02, attachment), (0.02, about_bounces),
              (0.01, forwarded), (0.02, robot))
