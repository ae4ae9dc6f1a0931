"""Bounces and delay warnings as mail servers and providers write them, from their documented formats."""

from world import DIAGNOSTICS, World, cte_of, encoded, message, multipart, text_part, word


class Case:
    """One failed delivery: who wrote to whom, what was said, and the message that comes back."""

    def __init__(self, world: World):
        self.domain = world.domain()
        self.sender = world.address("ours.example" if world.chance(0.8) else self.domain)
        self.recipient = world.address()
        self.mta = world.host()
        self.remote = world.host(self.recipient.split("@")[1])
        self.ip = world.ip()
        status, text = world.pick(DIAGNOSTICS)
        self.status = status
        self.text = text.format(rcpt=self.recipient, ip=self.ip, rhost=self.remote)
        self.language = world.pick(("en", "en", "en", "de", "fr", "es", "ru", "ja", "zh", "pl"))
        charset = "utf-8"
        self.subject = world.subject(self.language)
        self.coded_subject = word(self.subject, charset)
        self.message_id = world.message_id()
        self.date = world.now(world.number(60, 90000))
        lines = [f"Return-Path: <{self.sender}>"] if world.chance(0.5) else []
        for _ in range(world.number(1, 4)):
            lines.append(f"Received: from {world.host()} ({world.host()} [{world.ip()}])\n\tby {world.host()} (Postfix) with ESMTP id "
                         f"{world.hex(10).upper()}\n\tfor <{self.recipient}>; {self.date}")
        if world.chance(0.3):
            lines.append(f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={self.sender.split('@')[1]};\n\ts=s{world.number(1, 9)}; "
                         f"h=from:to:subject:date;\n\tbh={world.token(43)}=;\n\tb={world.token(60)}\n\t {world.token(60)}=")
        lines += [f"Message-ID: {self.message_id}", f"From: {word(world.name(self.language), charset)} <{self.sender}>",
                  f"To: <{self.recipient}>", f"Subject: {self.coded_subject}", f"Date: {self.date}", "MIME-Version: 1.0",
                  "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
        world.random.shuffle(lines[-6:])
        self.header = ("\n".join(lines) + "\n").encode()
        self.body = ("\n".join(f"Line {i} of what was written, {world.token(20)}." for i in range(world.number(2, 60))) + "\n").encode()
        self.whole = self.header + b"\n" + self.body

    def status_part(self, mta: str, action: str = "failed", more: str = "") -> bytes:
        status = self.status if action == "failed" else "4" + self.status[1:]
        return (f"Content-Description: Delivery report\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; {mta}\n"
                f"Arrival-Date: {self.date}\n\nFinal-Recipient: rfc822; {self.recipient}\nAction: {action}\nStatus: {status}\n"
                f"{more}Diagnostic-Code: smtp; {self.text}\n").encode()


def own_fields(world: World, case: Case, sender: str, subject: str, more: list[tuple[str, str]]) -> list[tuple[str, str]]:
    fields = [("Return-Path", "<>")] if world.chance(0.7) else []
    fields.append(("Received", f"by {case.mta} id {world.hex(10).upper()}; {world.now()}"))
    return fields + [("Date", world.now()), ("From", sender), ("To", case.sender), ("Subject", subject),
                     ("Message-ID", world.message_id(case.mta)), ("MIME-Version", "1.0")] + more


def report(world: World, parts: list[bytes], preamble: str = "") -> bytes:
    boundary = world.boundary()
    head = f'Content-Type: multipart/report; report-type=delivery-status;\n\tboundary="{boundary}"\n\n'
    return head.encode() + multipart(boundary, parts, preamble)


def returned(world: World, case: Case) -> bytes:
    if world.chance(0.7):
        return b"Content-Description: Undelivered Message\nContent-Type: message/rfc822\n\n" + case.whole
    return b"Content-Description: Undelivered Message Headers\nContent-Type: text/rfc822-headers\n\n" + case.header


def postfix(world: World, case: Case) -> bytes:
    text = (f"This is the mail system at host {case.mta}.\n\nI'm sorry to have to inform you that your message could not\n"
            "be delivered to one or more recipients. It's attached below.\n\nFor further assistance, please send mail to postmaster.\n\n"
            "If you do so, please include this problem report. You can\ndelete your own text from the attached returned message.\n\n"
            f"                   The mail system\n\n<{case.recipient}>: host {case.remote}[{case.ip}] said: {case.text}\n"
            "    (in reply to RCPT TO command)\n")
    parts = [b"Content-Description: Notification\n" + text_part(text, "us-ascii", "7bit"), case.status_part(case.mta), returned(world, case)]
    return message(own_fields(world, case, f"MAILER-DAEMON@{case.domain} (Mail Delivery System)", "Undelivered Mail Returned to Sender",
                              [("Auto-Submitted", "auto-replied")]), report(world, parts, "This is a MIME-encapsulated message.\n\n"))


def postfix_delay(world: World, case: Case) -> bytes:
    rule = "####################################################################\n"
    text = (f"This is the mail system at host {case.mta}.\n\n{rule}# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n{rule}\n"
            "Your message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n"
            "For further assistance, please send mail to postmaster.\n\n                   The mail system\n\n"
            f"<{case.recipient}>: connect to {case.remote}[{case.ip}]:25: Connection timed out\n")
    parts = [text_part(text, "us-ascii", "7bit"), case.status_part(case.mta, "delayed", f"Will-Retry-Until: {world.now()}\n"), returned(world, case)]
    return message(own_fields(world, case, f"MAILER-DAEMON@{case.domain} (Mail Delivery System)", "Delayed Mail (still being retried)",
                              [("Auto-Submitted", "auto-replied")]), report(world, parts))


def exim(world: World, case: Case) -> bytes:
    text = ("This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\n"
            "recipients. This is a permanent error. The following address(es) failed:\n\n"
            f"  {case.recipient}\n    host {case.remote} [{case.ip}]\n    SMTP error from remote mail server after RCPT TO:<{case.recipient}>:\n    {case.text}\n")
    fields = own_fields(world, case, f"Mail Delivery System <Mailer-Daemon@{case.mta}>", "Mail delivery failed: returning message to sender",
                        [("X-Failed-Recipients", case.recipient), ("Auto-Submitted", "auto-replied")])
    if world.chance(0.5):
        return message(fields, report(world, [b"Content-type: text/plain; charset=us-ascii\n\n" + text.encode(), case.status_part(case.mta),
                                              b"Content-type: message/rfc822\n\n" + case.whole]))
    text += "\n------ This is a copy of the message, including all the headers. ------\n\n"
    return message(fields, text.encode() + case.whole)


def exim_delay(world: World, case: Case) -> bytes:
    ident = f"1{world.token(5)}-{world.token(6)}-{world.token(2)}"
    text = ("This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\n"
            f"recipients after more than 24 hours on the queue on {case.mta}.\n\nThe message identifier is:     {ident}\n"
            f"The subject of the message is: {case.coded_subject}\nThe date of the message is:    {case.date}\n\n"
            f"The address to which the message has not yet been delivered is:\n\n  {case.recipient}\n    Delay reason: connection timed out\n\n"
            "No action is required on your part. Delivery attempts will continue for\nsome time, and this warning may be repeated at intervals if the\n"
            "message remains undelivered. Eventually the mail delivery software will\ngive up, and when that happens, the message will be returned to you.\n")
    return message(own_fields(world, case, f"Mail Delivery System <Mailer-Daemon@{case.mta}>", f"Warning: message {ident} delayed 24 hours",
                              [("Auto-Submitted", "auto-replied")]), text.encode())


def sendmail(world: World, case: Case) -> bytes:
    text = (f"The original message was received at {case.date}\nfrom {world.host()} [{world.ip()}]\n\n"
            f"   ----- The following addresses had permanent fatal errors -----\n<{case.recipient}>\n    (reason: {case.text})\n\n"
            f"   ----- Transcript of session follows -----\n... while talking to {case.remote}.:\n>>> DATA\n<<< {case.text}\n"
            f"550 5.1.1 <{case.recipient}>... User unknown\n")
    parts = [b"\n" + text.encode(), case.status_part(case.mta, more=f"Remote-MTA: DNS; {case.remote}\n"), returned(world, case)]
    return message(own_fields(world, case, f"Mail Delivery Subsystem <MAILER-DAEMON@{case.mta}>", "Returned mail: see transcript for details",
                              [("Auto-Submitted", "auto-generated (failure)")]), report(world, parts, "This is a MIME-encapsulated message\n\n"))


def qmail(world: World, case: Case) -> bytes:
    text = (f"Hi. This is the qmail-send program at {case.domain}.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n"
            f"This is a permanent error; I've given up. Sorry it didn't work out.\n\n<{case.recipient}>:\n{case.ip} does not like recipient.\n"
            f"Remote host said: {case.text}\nGiving up on {case.ip}.\n\n--- Below this line is a copy of the message.\n\n")
    return message([("Return-Path", "<>"), ("Received", f"(qmail {world.number(100, 32000)} invoked for bounce); {world.now()}"), ("Date", world.now()),
                    ("From", f"MAILER-DAEMON@{case.domain}"), ("To", case.sender), ("Subject", "failure notice")], text.encode() + case.whole)


def yahoo(world: World, case: Case) -> bytes:
    text = (f"Sorry, we were unable to deliver your message to the following address.\n\n<{case.recipient}>:\nRemote host said:\n{case.text}\n"
            "[RCPT_TO]\n\n--- Below this line is a copy of the message.\n\n")
    return message(own_fields(world, case, "MAILER-DAEMON@yahoo.com", "Failure Notice", [("Content-Type", "text/plain")]), text.encode() + case.whole)


EXCHANGE = {
    "en": ("Undeliverable: ", "Delivery has failed to these recipients or groups:", "The e-mail address you entered couldn't be found. Please check the recipient's e-mail address and try to resend the message.", "Diagnostic information for administrators:", "Generating server: ", "Original message headers:"),
    "de": ("Unzustellbar: ", "Fehler bei der Nachrichtenzustellung an die folgenden Empfänger oder Gruppen:", "Die eingegebene E-Mail-Adresse wurde nicht gefunden. Überprüfen Sie die E-Mail-Adresse des Empfängers, und versuchen Sie, die Nachricht erneut zu senden.", "Diagnoseinformationen für Administratoren:", "Generierender Server: ", "Ursprüngliche Nachrichtenkopfzeilen:"),
    "fr": ("Non remis : ", "Échec de la remise pour ces destinataires ou groupes :", "L'adresse de messagerie que vous avez entrée est introuvable. Vérifiez l'adresse de messagerie du destinataire et essayez de renvoyer le message.", "Informations de diagnostic pour les administrateurs :", "Serveur de génération : ", "En-têtes du message d'origine :"),
    "es": ("No se puede entregar: ", "Error de entrega a estos destinatarios o grupos:", "No se encontró la dirección de correo electrónico que ha especificado. Compruebe la dirección e intente enviar el mensaje de nuevo.", "Información de diagnóstico para los administradores:", "Generando servidor: ", "Encabezados de mensajes originales:"),
    "it": ("Non recapitabile: ", "Recapito non riuscito verso i seguenti destinatari o liste di distribuzione:", "Impossibile trovare l'indirizzo di posta elettronica immesso. Verificare l'indirizzo e provare a inviare nuovamente il messaggio.", "Informazioni di diagnostica per gli amministratori:", "Server di generazione: ", "Intestazioni originali del messaggio:"),
    "nl": ("Onbestelbaar: ", "De bezorging is mislukt voor de volgende geadresseerden of groepen:", "Het e-mailadres dat u hebt ingevoerd, kan niet worden gevonden. Controleer het e-mailadres en probeer het bericht opnieuw te verzenden.", "Diagnostische gegevens voor beheerders:", "Bronserver: ", "Oorspronkelijke berichtkoppen:"),
    "sv": ("Det går inte att leverera: ", "Det gick inte att leverera till följande mottagare eller grupper:", "Det gick inte att hitta e-postadressen du angav. Kontrollera mottagarens e-postadress och försök att skicka meddelandet igen.", "Diagnostikinformation för administratörer:", "Genererande server: ", "Ursprungliga meddelanderubriker:"),
    "ja": ("配信不能: ", "次の受信者またはグループへの配信に失敗しました:", "入力した電子メール アドレスが見つかりませんでした。受信者の電子メール アドレスを確認して、メッセージを再送信してください。", "管理者向けの診断情報:", "サーバーを生成しています: ", "元のメッセージ ヘッダー:"),
}


def exchange(world: World, case: Case) -> bytes:
    language = world.pick(sorted(EXCHANGE))
    prefix, failed, why, admins, generating, headers = EXCHANGE[language]
    lines = [failed, "", case.recipient, why, "", "", admins, "", f"{generating}{case.mta}", "", case.recipient, f"#{case.text} ##", "", headers, ""]
    charset = "utf-8" if language != "de" else "iso-8859-1"
    plain = "\n".join(lines) + "\n" + case.header.decode()
    page = ("<html>\n<head></head>\n<body>\n<p><b><font color=\"#000066\" size=\"3\" face=\"Arial\">" + failed + "</font></b></p>\n"
            f"<p><a href=\"mailto:{case.recipient}\">{case.recipient}</a><br>\n{why}<br>\n</p>\n<p><font color=\"#808080\">{admins}</font></p>\n"
            f"<p>{generating}{case.mta}</p>\n<p>{case.recipient}<br>\n#{case.text.replace('<', '&lt;').replace('>', '&gt;')} ##</p>\n</body>\n</html>\n")
    boundary = world.boundary()
    both = f'Content-Type: multipart/alternative; differences=Content-Type;\n\tboundary="{boundary}"\n\n'.encode() + multipart(
        boundary, [text_part(plain, charset, "quoted-printable"), text_part(page, charset, "quoted-printable", "html")])
    parts = [both, case.status_part(case.mta), b"Content-Type: message/rfc822\n\n" + case.whole]
    return message(own_fields(world, case, f"postmaster@{case.domain}", word(prefix + case.subject, "utf-8"),
                              [("Content-Language", "en-US"), ("In-Reply-To", case.message_id), ("References", case.message_id),
                               ("X-MS-Exchange-Message-Is-Ndr", ""), ("Auto-Submitted", "auto-replied")]), report(world, parts))


def exchange_2003(world: World, case: Case) -> bytes:
    text = ("This is an automatically generated Delivery Status Notification.\n\nDelivery to the following recipients failed.\n\n"
            f"       {case.recipient}\n\n\n\n")
    parts = [b"Content-Type: text/plain; charset=unicode-1-1-utf-7\n\n" + text.encode(), case.status_part(case.mta), returned(world, case)]
    return message(own_fields(world, case, f"postmaster@{case.domain}", "Delivery Status Notification (Failure)",
                              [("X-DSNContext", f"7ce717b1 - 1148 - 00000002 - {world.hex(8).upper()}")]), report(world, parts))


def gmail(world: World, case: Case) -> bytes:
    sender = "Mail Delivery Subsystem <mailer-daemon@googlemail.com>"
    fields = own_fields(world, case, sender, "Delivery Status Notification (Failure)",
                        [("Auto-Submitted", "auto-replied"), ("X-Failed-Recipients", case.recipient),
                         ("In-Reply-To", case.message_id), ("References", case.message_id)])
    if world.chance(0.4):
        text = (f"Delivery to the following recipient failed permanently:\n\n     {case.recipient}\n\nTechnical details of permanent failure: \n"
                "Google tried to deliver your message, but it was rejected by the server for the recipient domain by "
                f"{case.remote}. [{case.ip}].\n\nThe error that the other server returned was:\n{case.text}\n\n\n----- Original message -----\n\n")
        return message(fields, b"Content-Type: text/plain; charset=ISO-8859-1\n\n" + text.encode() + case.whole)
    text = (f"\n** Address not found **\n\nYour message wasn't delivered to {case.recipient} because the address couldn't be found, or is unable to "
            f"receive mail.\n\n\n\nThe response from the remote server was:\n{case.text}\n")
    parts = [text_part(text, "utf-8", "7bit"), case.status_part("googlemail.com"), b"Content-Type: message/rfc822\n\n" + case.whole]
    return message(fields, report(world, parts))


def domino(world: World, case: Case) -> bytes:
    why = f"User {case.recipient.split('@')[0]} ({case.recipient}) not listed in Domino Directory"
    text = f"Your message\n\n  Subject: {case.coded_subject}\n\nwas not delivered to:\n\n  {case.recipient}\n\nbecause:\n\n  {why}\n\n"
    parts = [text_part(text, "us-ascii", "7bit"), case.status_part(case.mta), b"Content-Type: message/rfc822\n\n" + case.whole]
    return message(own_fields(world, case, f"Postmaster@{case.domain}", f"DELIVERY FAILURE: {why}",
                              [("X-MIMETrack", f"Itemize by SMTP Server on {case.mta}/Domino")]), report(world, parts))


def courier(world: World, case: Case) -> bytes:
    text = (f"This is a delivery status notification from {case.mta},\nrunning the Courier mail server, version 0.65.2.\n\n"
            f"The original message was received on {case.date}\nfrom {world.host()} ({world.ip()})\n\n"
            "---------------------------------------------------------------------------\n\n                           UNDELIVERABLE MAIL\n\n"
            "Your message to the following recipients cannot be delivered:\n\n"
            f"<{case.recipient}>:\n    {case.remote} [{case.ip}]:\n>>> RCPT TO:<{case.recipient}>\n<<< {case.text}\n\n"
            "---------------------------------------------------------------------------\n\nIf your message was also sent to additional recipients, "
            "their delivery\nstatus is not included in this report.\n\n")
    parts = [text_part(text, "us-ascii", "7bit"), case.status_part(case.mta), returned(world, case)]
    return message(own_fields(world, case, f'"Courier mail server at {case.mta}" <@>', "NOTICE: mail delivery status.", []), report(world, parts))


def opensmtpd(world: World, case: Case) -> bytes:
    text = ("Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred while attempting to deliver a message "
            f"for\n    the following list of recipients:\n\n{case.recipient}: {case.text}\n\n    Below is a copy of the original message:\n\n")
    parts = [b"Content-Description: Notification\nContent-Type: text/plain; charset=us-ascii\n\n" + text.encode(), case.status_part(case.mta), returned(world, case)]
    return message(own_fields(world, case, f"Mailer Daemon <MAILER-DAEMON@{case.mta}>", "Delivery status notification: failed",
                              [("Auto-Submitted", "auto-replied")]), report(world, parts))


def hmailserver(world: World, case: Case) -> bytes:
    text = (f"Your message did not reach some or all of the intended recipients.\n\n   Sent: {case.date}\n   Subject: {case.coded_subject}\n\n"
            f"The following recipient(s) could not be reached:\n\n{case.recipient}\n   Error Type: SMTP\n   Remote server ({case.ip}) issued an error.\n"
            f"   hMailServer sent: RCPT TO:<{case.recipient}>\n   Remote server replied: {case.text}\n\n\n\nhMailServer\n\n")
    return message(own_fields(world, case, f"mailer-daemon@{case.domain}", f"Message undeliverable: {case.coded_subject}", []), text.encode() + case.header)


def powermta(world: World, case: Case) -> bytes:
    text = (f"Hello, this is the mail server on {case.mta}.\n\nI am sending you this message to inform you on the delivery status of a\n"
            "message you previously sent.  Immediately below you will find a list of\nthe affected recipients;  also attached is a Delivery Status Notification\n"
            f"(DSN) report in standard format, as well as the headers of the original\nmessage.\n\n  <{case.recipient}>  delivery failed; will not continue trying\n\n")
    parts = [text_part(text, "us-ascii", "7bit"), case.status_part(case.mta, more="X-PowerMTA-BounceCategory: bad-mailbox\n"),
             b"Content-Type: text/rfc822-headers\n\n" + case.header]
    return message(own_fields(world, case, f"PowerMTA <postmaster@{case.mta}>", "Delivery report", []), report(world, parts))


def ses(world: World, case: Case) -> bytes:
    text = f"An error occurred while trying to deliver the mail to the following recipients:\n{case.recipient}\n"
    parts = [text_part(text, "us-ascii", "7bit"), case.status_part("a8-70.smtp-out.amazonses.com"), b"Content-Type: message/rfc822\n\n" + case.whole]
    return message(own_fields(world, case, "MAILER-DAEMON@amazonses.com", "Delivery Status Notification (Failure)", []), report(world, parts))


def ironport(world: World, case: Case) -> bytes:
    text = (f"The following message to <{case.recipient}> was undeliverable.\nThe reason for the problem:\n"
            f"5.1.0 - Unknown address error 550-'{case.text[4:]}'\n")
    parts = [text_part(text, "us-ascii", "7bit"), case.status_part(case.mta), returned(world, case)]
    return message(own_fields(world, case, f'"Mail Delivery System" <MAILER-DAEMON@{case.mta}>', "Delivery Status Notification (Failure)", []), report(world, parts))


def mail_ru(world: World, case: Case) -> bytes:
    text = ("Это письмо создано автоматически\nсервером Mail.Ru, # отвечать на него не нужно.\n\nК сожалению, Ваше письмо не может\n"
            "быть# доставлено одному или нескольким получателям:\n\n"
            "**********************\n\nThis message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered "
            f"to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  {case.recipient}\n    {case.text}\n\n"
            "------ This is a copy of your message, including all the headers. ------\n\n")
    fields = own_fields(world, case, "Mail Delivery System <mailer-daemon@corp.mail.ru>", "Mail failure.", [("X-Failed-Recipients", case.recipient)])
    return message(fields, b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + text.encode() + case.whole)


def yandex(world: World, case: Case) -> bytes:
    text = (f"Это письмо отправлено почтовым сервером {case.mta}.\n\nК сожалению, мы вынуждены сообщить Вам о том, что Ваше письмо не может\n"
            "быть отправлено одному или нескольким адресатам. Технические подробности можно найти ниже.\n\n"
            "Возможные причины недоставки указаны по адресу:\nhttps://help.example/mail/\n\nПожалуйста, не отвечайте на это сообщение.\n\n----\n\n"
            f"This is the mail system at host {case.mta}.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n\n"
            f"<{case.recipient}>: host {case.remote}[{case.ip}] said: {case.text}\n")
    parts = [text_part(text, "utf-8", "8bit"), case.status_part(case.mta), returned(world, case)]
    return message(own_fields(world, case, "mailer-daemon@yandex.ru", word("Недоставленное сообщение", "utf-8"),
                              [("Auto-Submitted", "auto-replied")]), report(world, parts))


def qq(world: World, case: Case) -> bytes:
    page = ("<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=gb18030\"></head><body><table><tr><td>"
            "<h1>抱歉，您的邮件被退回来了……</h1><p>原邮件信息：</p><p>时间 " + case.date[:16] + "</p><p>无法发送到 " + case.recipient + "</p>"
            f"<p>退信原因：收件人邮件地址不存在，邮件无法送达。 {case.text.replace('<', '&lt;').replace('>', '&gt;')}</p>"
            "<p>解决方案：请检查收件人的邮箱地址。</p></td></tr></table></body></html>")
    boundary = world.boundary()
    body = f'Content-Type: multipart/mixed; boundary="{boundary}"\n\n'.encode() + multipart(
        boundary, [text_part(page, "gb18030", "base64", "html"), b"Content-Type: message/rfc822\n\n" + case.whole])
    return message(own_fields(world, case, "PostMaster@qq.com", word("来自qq.com的退信", "gb18030"), [("X-QQ-MIME", "TCMime 1.0 by Tencent")]), body)


def kddi(world: World, case: Case) -> bytes:
    text = f"Your mail sent on: {case.date}\n\nCould not be delivered to:\n\n   <{case.recipient}>\n\nAs their mailbox is full.\n\n"
    fields = own_fields(world, case, "Postmaster@ezweb.ne.jp", "Mail System Error - Returned Mail", [("Content-Type", "text/plain; charset=iso-2022-jp")])
    return message(fields, text.encode() + case.whole)


def dma(world: World, case: Case) -> bytes:
    text = (f"This is the DragonFly Mail Agent v0.13 at {case.mta}.\n\nThere was an error delivering your mail to <{case.recipient}>.\n\n"
            f"{case.remote} [{case.ip}] did not like our RCPT TO:\n{case.text}\n\nMessage headers follow.\n\n")
    return message([("Received", f"from MAILER-DAEMON\n\tid {world.hex(6)}\n\tby {case.mta} (DragonFly Mail Agent v0.13);\n\t{world.now()}"),
                    ("X-Original-To", f"<{case.sender}>"), ("From", "MAILER-DAEMON <>"), ("To", f"<{case.sender}>"), ("Subject", "Mail delivery failed"),
                    ("Message-Id", world.message_id(case.mta)), ("Date", world.now())], text.encode() + case.header)


def communigate(world: World, case: Case) -> bytes:
    text = (f"Failed to deliver to '{case.recipient}'\nSMTP module(domain {case.recipient.split('@')[1]}) reports:\n host {case.remote} says:\n {case.text}\n\n")
    parts = [text_part(text, "utf-8", "7bit"), case.status_part(case.mta), returned(world, case)]
    return message(own_fields(world, case, f"<MAILER-DAEMON@{case.mta}>", f"Undeliverable mail: {case.coded_subject}",
                              [("X-Mailer", "CommuniGate Pro CLI mailer")]), report(world, parts))


def t_online(world: World, case: Case) -> bytes:
    text = ("|------------------------- Message log follows: -------------------------|\n no valid recipients were found for this message\n"
            f"|------------------------- Failed addresses follow: ---------------------|\n <{case.recipient}> ... {case.text}\n"
            "|------------------------- Message text follows: ------------------------|\n")
    return message(own_fields(world, case, f"<MAILER-DAEMON@{case.mta}>", "mail failed, returning to sender", []), text.encode() + case.whole)


def gmx(world: World, case: Case) -> bytes:
    text = ("This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to\none or more of its "
            "recipients. This is a permanent error.\nThe following address failed:\n\n"
            f"<{case.recipient}>:\n    SMTP error from remote server for RCPT TO command, host: {case.remote} ({case.ip}) reason: {case.text}\n\n"
            "--- The header of the original message is following. ---\n\n")
    return message(own_fields(world, case, f"GMX Mailer Daemon <mailer-daemon@{case.mta}>", "Mail delivery failed: returning message to sender",
                              [("Auto-Submitted", "auto-replied")]), text.encode() + case.header)


BOUNCES = (postfix, postfix, exim, exim, sendmail, qmail, yahoo, exchange, exchange, exchange_2003, gmail, domino, courier, opensmtpd, hmailserver,
           powermta, ses, ironport, mail_ru, yandex, qq, kddi, dma, communigate, t_online, gmx)
DELAYS = (postfix_delay, exim_delay)


def bounce(world: World) -> tuple[str, bytes]:
    form = world.pick(BOUNCES)
    return form.__name__, form(world, Case(world))


def delay(world: World) -> tuple[str, bytes]:
    form = world.pick(DELAYS)
    return form.__name__, form(world, Case(world))
