#include "sim/returned.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace backstop::sim {
namespace {

constexpr std::string_view kBoundary = "=_sim";

std::string part(std::string_view type, std::string_view content, std::string_view encoding = "") {
  std::string text = fmt::format("--{}\r\nContent-Type: {}\r\n", kBoundary, type);
  if (!encoding.empty()) text += fmt::format("Content-Transfer-Encoding: {}\r\n", encoding);
  return text + fmt::format("\r\n{}\r\n", content);
}

std::string delivery_status(const Original& original, std::string_view action,
                            std::string_view status) {
  std::string text = "Reporting-MTA: dns; mx.remote.test\r\n";
  if (!original.envelope_id.empty())
    text += fmt::format("Original-Envelope-Id: {}\r\n", original.envelope_id);
  return text + fmt::format(
                    "\r\nFinal-Recipient: rfc822; {}\r\nAction: {}\r\n"
                    "Status: {}\r\nDiagnostic-Code: smtp; 550 5.1.1 No such user here\r\n",
                    original.recipient, action, status);
}

void write_report(Letter& letter, std::string_view subject, std::string_view text,
                  const std::string& status, const std::string& returned) {
  letter.fields.emplace_back("From", "Mail Delivery System <MAILER-DAEMON@mx.remote.test>");
  letter.fields.emplace_back("Subject", std::string(subject));
  letter.fields.emplace_back("Auto-Submitted", "auto-replied");
  letter.fields.emplace_back("MIME-Version", "1.0");
  letter.fields.emplace_back("Content-Type",
                             fmt::format("multipart/report; report-type=delivery-status;\r\n\t"
                                         "boundary=\"{}\"",
                                         kBoundary));
  letter.body = part("text/plain", text) + part("message/delivery-status", status) + returned +
                fmt::format("--{}--\r\n", kBoundary);
}

// Base64 in lines of 76 (RFC 2045 §6.8).
std::string encode_lines(std::string_view bytes) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    unsigned group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      text.push_back(at + i > bytes.size() ? '=' : kDigits[group >> (18 - 6 * i) & 63U]);
    if (at % 57 == 54) text += "\r\n";
  }
  return text;
}

std::string rebuilt_header(const Original& original) {
  std::string text;
  for (const auto& [name, value] : original.header) {
    if (name == "From" || name == "To" || name == "Subject")
      text += fmt::format("{}: {}\r\n", name, value);
  }
  return text + fmt::format("Message-ID: {}\r\n", original.message_id);
}

// The first few lines of the header: at least those above the original's own fields.
std::string cut_header(const Original& original, Random& random) {
  Fields kept(original.header.begin(),
              original.header.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(
                                            original.header.size(), 3 + random.below(2))));
  return render_fields(kept);
}

void write_text(Letter& letter, std::string_view from, std::string_view subject, std::string body) {
  letter.fields.emplace_back("From", std::string(from));
  letter.fields.emplace_back("Subject", std::string(subject));
  letter.body = std::move(body);
}

constexpr std::string_view kPostfixText =
    "This is the mail system at host mx.remote.test.\r\n\r\nI'm sorry to have to inform you that "
    "your message could not\r\nbe delivered to one or more recipients. It's attached below.\r\n";

void write_plain_bounce(Letter& letter, Shape shape, const Original& original) {
  const std::string whole = render_fields(original.header) + "\r\n" + original.body;
  if (shape == Shape::Exim) {
    letter.fields.emplace_back("X-Failed-Recipients", original.recipient);
    letter.fields.emplace_back("Auto-Submitted", "auto-replied");
    write_text(letter, "Mail Delivery System <Mailer-Daemon@mx.remote.test>",
               "Mail delivery failed: returning message to sender",
               fmt::format("This message was created automatically by mail delivery software.\r\n"
                           "\r\nA message that you sent could not be delivered to one or more of "
                           "its\r\nrecipients. This is a permanent error. The following "
                           "address(es) failed:\r\n\r\n  {}\r\n    Unrouteable address\r\n\r\n"
                           "------ This is a copy of the message, including all the headers. "
                           "------\r\n\r\n{}",
                           original.recipient, whole));
    return;
  }
  write_text(letter, "MAILER-DAEMON@mx.remote.test", "failure notice",
             fmt::format("Hi. This is the qmail-send program at mx.remote.test.\r\nI'm afraid I "
                         "wasn't able to deliver your message to the following addresses.\r\nThis "
                         "is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n"
                         "<{}>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n--- Below "
                         "this line is a copy of the message.\r\n\r\n{}",
                         original.recipient, whole));
}

void write_person_answer(Letter& letter, Shape shape, const Original& original) {
  if (shape == Shape::ReadReceipt) {
    letter.fields.emplace_back("From", original.recipient);
    letter.fields.emplace_back("Subject", "Read: Hello");
    letter.fields.emplace_back("MIME-Version", "1.0");
    letter.fields.emplace_back(
        "Content-Type",
        fmt::format("multipart/report; report-type=disposition-notification;\r\n\tboundary=\"{}\"",
                    kBoundary));
    letter.body =
        part("text/plain", "Your message was read.") +
        part("message/disposition-notification",
             fmt::format("Final-Recipient: rfc822; {}\r\nOriginal-Message-ID: {}\r\nDisposition: "
                         "manual-action/MDN-sent-manually; displayed\r\n",
                         original.recipient, original.message_id)) +
        fmt::format("--{}--\r\n", kBoundary);
    return;
  }
  letter.fields.emplace_back("In-Reply-To", original.message_id);
  letter.fields.emplace_back("References", original.message_id);
  letter.fields.emplace_back("Auto-Submitted", "auto-replied");
  if (shape == Shape::AutoReply) {
    write_text(letter, original.recipient, "Out of office: Hello",
               "I am out of the office until Monday.\r\n");
  } else {
    write_text(letter, original.recipient, "[Ticket#2026112110000012] Hello",
               "Thank you for your message. It has been received and a ticket was opened.\r\nYour "
               "ticket number is 2026112110000012. Please keep it in the subject.\r\n");
  }
}

}  // namespace

std::string render_date(Instant at) {
  static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                         "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  return fmt::format(
      "{}, {:02} {} {} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday{day}.c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
      time.seconds().count());
}

std::string render_fields(const Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields)
    text += fmt::format("{}: {}\r\n", name, value);
  return text;
}

ShapeFacts facts_of(Shape shape) {
  switch (shape) {
    case Shape::PostfixFull:
    case Shape::PostfixHeaders:
    case Shape::Exim:
    case Shape::Sendmail:
    case Shape::Qmail:
    case Shape::Base64:
      return {"bounce", true, true, true, shape != Shape::Exim && shape != Shape::Qmail};
    case Shape::PostfixDelay:
      return {"delay", true, true, true, true};
    case Shape::PostfixSuccess:
      return {"delivery-report", true, true, true, true};
    case Shape::CutHeader:
      return {"bounce", true, false, false, true};
    case Shape::Exchange:
      return {"bounce", false, false, true, true};
    case Shape::NothingBut:
      return {"bounce", false, false, false, true};
    case Shape::ReadReceipt:
      return {"read-receipt", false, false, true};
    case Shape::AutoReply:
      return {"auto-reply", false, false, true};
    case Shape::TicketAck:
      return {"ticket-ack", false, false, true};
  }
  return {};
}

void write_answer(Letter& letter, Shape shape, const Original& original, Instant now,
                  Random& random) {
  letter.fields.emplace_back(
      "Received",
      fmt::format("from mx.remote.test (mx.remote.test [{}])\r\n\tby {} "
                  "(Postfix) with ESMTP id {};\r\n\t{}",
                  letter.client, "mail.example.com", letter.queue_id, render_date(now)));
  letter.fields.emplace_back("Date", render_date(now));
  letter.fields.emplace_back("Message-ID", fmt::format("<{}@mx.remote.test>", random.letters(12)));
  const std::string header = render_fields(original.header);
  const std::string whole = header + "\r\n" + original.body;
  const std::string failed = delivery_status(original, "failed", "5.1.1");
  switch (shape) {
    case Shape::PostfixFull:
      return write_report(letter, "Undelivered Mail Returned to Sender", kPostfixText, failed,
                          part("message/rfc822", whole));
    case Shape::PostfixHeaders:
      return write_report(letter, "Undelivered Mail Returned to Sender", kPostfixText, failed,
                          part("text/rfc822-headers", header));
    case Shape::PostfixDelay:
      return write_report(letter, "Delayed Mail (still being retried)",
                          "This is the mail system at host mx.remote.test.\r\n\r\nYour message "
                          "could not be delivered for more than 4 hour(s).\r\nIt will be retried "
                          "until it is 5 day(s) old.\r\n",
                          delivery_status(original, "delayed", "4.4.1"),
                          part("text/rfc822-headers", header));
    case Shape::PostfixSuccess:
      return write_report(letter, "Successful Mail Delivery Report",
                          "This is the mail system at host mx.remote.test.\r\n\r\nYour message was "
                          "successfully delivered to the destination(s)\r\nlisted below.\r\n",
                          delivery_status(original, "delivered", "2.0.0"),
                          part("text/rfc822-headers", header));
    case Shape::Sendmail:
      return write_report(letter, "Returned mail: see transcript for details",
                          fmt::format("   ----- The following addresses had permanent fatal "
                                      "errors -----\r\n<{}>\r\n    (reason: 550 5.1.1 User "
                                      "unknown)\r\n",
                                      original.recipient),
                          failed, part("message/rfc822", whole));
    case Shape::Base64:
      return write_report(letter, "Undelivered Mail Returned to Sender", kPostfixText, failed,
                          part("message/rfc822", encode_lines(whole), "base64"));
    case Shape::CutHeader:
      return write_report(letter, "Undelivered Mail Returned to Sender", kPostfixText, failed,
                          part("text/rfc822-headers", cut_header(original, random)));
    case Shape::Exchange:
      return write_report(letter, "Undeliverable: Hello",
                          "Delivery has failed to these recipients or groups:\r\n\r\nDiagnostic "
                          "information for administrators:\r\n",
                          failed, part("text/rfc822-headers", rebuilt_header(original)));
    case Shape::NothingBut:
      return write_report(letter, "Undelivered Mail Returned to Sender", kPostfixText, failed, "");
    case Shape::Exim:
    case Shape::Qmail:
      return write_plain_bounce(letter, shape, original);
    case Shape::ReadReceipt:
    case Shape::AutoReply:
    case Shape::TicketAck:
      return write_person_answer(letter, shape, original);
  }
}

}  // namespace backstop::sim
