// One notice of each product, in the form its source or its makers give it.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/reading/reader.h"

namespace backstop::reading {
namespace {

struct Notice {
  const char* product;
  const char* header;
  const char* text;
  Kind kind;
  const char* recipient;  // "a@b c@d": all of them, in this order.
  const char* status;     // Of the first.
  FailureReason reason;   // Likewise.
};

constexpr Kind kBounce = Kind::Bounce;
constexpr Kind kDelay = Kind::Delay;
using enum FailureReason;

const std::vector<Notice>& notices() {
  static const std::vector<Notice> all{
#include "core/reading/bounce_products_test.inc"
  };
  return all;
}

std::string message_of(const Notice& notice) {
  return "To: alice@example.com\nDate: Fri, 20 Nov 2026 10:00:00 +0000\nMessage-ID: "
         "<n1@example.org>\n" +
         std::string(notice.header) + "\n\n" + notice.text;
}

TEST(BounceProductsTest, NoticesAreOfTheirKind) {
  for (const Notice& notice : notices()) {
    const Reading reading = read_message(message_of(notice));
    EXPECT_EQ(name_of(reading.kind), name_of(notice.kind)) << notice.product;
    EXPECT_GE(reading.evidence.size(), 2U) << notice.product;
  }
}

TEST(BounceProductsTest, RecipientsAreFoundWithStatusAndReason) {
  for (const Notice& notice : notices()) {
    const Reading reading = read_message(message_of(notice));
    std::string found;
    for (const RecipientReport& recipient : reading.recipients)
      found += (found.empty() ? "" : " ") + recipient.address;
    EXPECT_EQ(found, notice.recipient) << notice.product;
    if (reading.recipients.empty()) continue;
    EXPECT_EQ(reading.recipients.front().status, notice.status) << notice.product;
    EXPECT_EQ(name_of(reading.recipients.front().reason), name_of(notice.reason))
        << notice.product << ": " << reading.recipients.front().diagnostic;
  }
}

// The same words without a mail system behind them are somebody's question.
TEST(BounceProductsTest, PeopleWhoQuoteThemAreNoBounces) {
  for (const Notice& notice : notices()) {
    std::string quoted;
    std::string_view text = notice.text;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      quoted.append("> ").append(text.substr(0, end)).append("\n");
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    for (const char* subject : {"Fwd: what is this?", "Re: Undelivered Mail Returned to Sender"}) {
      const Reading reading = read_message(
          "From: Bob <bob@example.net>\nTo: alice@example.com\nSubject: " + std::string(subject) +
          "\n\nHi Alice,\n\nI got this today, do you know why?\n\n" + quoted + "\nBob\n");
      EXPECT_EQ(name_of(reading.kind), "ordinary") << notice.product << " / " << subject;
    }
    const Reading forwarded = read_message(
        "From: Bob <bob@example.net>\nTo: alice@example.com\nSubject: Fwd: returned mail\n\n"
        "Hi Alice,\n\nsee below.\n\n-------- Forwarded message --------\n" +
        std::string(notice.text));
    EXPECT_EQ(name_of(forwarded.kind), "ordinary") << notice.product << " / forwarded";
  }
}

}  // namespace
}  // namespace backstop::reading
