#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "app/read_result.h"
#include "core/reading/reader.h"

namespace backstop::app {
namespace {

ReadResult read(std::string_view message) {
  reading::ReadOutcome outcome = reading::read_message(message, "");
  return {.place = {.source = "bounce.eml", .offset = {}, .envelope_sender = {}},
          .reading = std::move(outcome.reading),
          .explanation = Explanation{.body_read = outcome.body_read,
                                     .signs = outcome.signs,
                                     .words = std::move(outcome.words)}};
}

constexpr std::string_view kBounce =
    "Return-Path: <>\nFrom: MAILER-DAEMON@mx.else.test\nTo: a@shop.test\n"
    "Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nHello\n--b\n"
    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.else.test\n"
    "Arrival-Date: Sat, 21 Nov 2026 10:00:00 +0000\n\nFinal-Recipient: rfc822; b@else.test\n"
    "Action: failed\nStatus: 5.1.1\nRemote-MTA: dns; inner.else.test\n"
    "Diagnostic-Code: smtp; 550 5.1.1 User unknown\n--b--\n";

TEST(ReadPage, AnExplanationTellsSignsAndWordsWithTheirPlace) {
  const std::string page = render_read_page(read(kBounce), Colour::Plain);
  for (const char* piece :
       {"(auto-submitted)", "(null-return-path)", "\"undelivered mail returned to sender\"",
        "in the subject", "its header and its body", "inner.else.test", "user-unknown"}) {
    EXPECT_NE(page.find(piece), page.npos) << piece << "\n" << page;
  }
}

TEST(ReadPage, WithoutBeingAskedItExplainsNothing) {
  ReadResult result = read(kBounce);
  result.explanation.reset();
  EXPECT_EQ(render_read_page(result, Colour::Plain).find("(null-return-path)"), std::string::npos);
  EXPECT_FALSE(nlohmann::json::parse(render_read_json(result)).contains("explanation"));
}

TEST(ReadJson, TellsWhatTheReportSaysOfItsRecipients) {
  const auto out = nlohmann::json::parse(render_read_json(read(kBounce)));
  EXPECT_EQ(out["recipients"][0]["remote_mta"], "inner.else.test");
  EXPECT_EQ(out["recipients"][0]["reason"], "user-unknown");
  EXPECT_EQ(out["arrival_date"], "2026-11-21T10:00:00Z");
  EXPECT_EQ(out["source_knew"], false);
  std::set<std::string> places;
  for (const auto& words : out["explanation"]["words"])
    places.insert(words["where"]);
  EXPECT_TRUE(places.contains("subject"));
}

}  // namespace
}  // namespace backstop::app
