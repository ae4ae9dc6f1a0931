#include "edge/http/page_conversation.h"

#include <gtest/gtest.h>

#include <string>

namespace backstop::http {
namespace {

const Page kPage{
    .path = "/metrics", .type = "text/x", .render = [] { return std::string("one 1\n"); }};

struct Talk {
  std::string out;
  bool over = false;
  std::string complaint;
};

Talk talk(std::string_view bytes) {
  PageConversation conversation(kPage);
  Talk talk;
  conversation.on_bytes(bytes, talk.out);
  talk.over = conversation.over();
  talk.complaint = conversation.complaint();
  return talk;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\r'));
}

TEST(PageConversation, AnswersWithTypeLengthAndPageAndEnds) {
  const Talk found = talk("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(first_line(found.out), "HTTP/1.1 200 OK");
  EXPECT_NE(found.out.find("\r\nContent-Type: text/x\r\n"), std::string::npos);
  EXPECT_NE(found.out.find("\r\nContent-Length: 6\r\n"), std::string::npos);
  EXPECT_NE(found.out.find("\r\nConnection: close\r\n"), std::string::npos);
  EXPECT_TRUE(found.out.ends_with("\r\n\r\none 1\n"));
  EXPECT_TRUE(found.over);
  EXPECT_EQ(found.complaint, "");
}

TEST(PageConversation, TakesWhatPeersOfOtherHabitsSend) {
  for (const char* text : {"GET /metrics HTTP/1.0\r\n\r\n", "GET /metrics HTTP/1.0\n\n",
                           "\r\nGET /metrics HTTP/1.1\r\nhost:x\r\n\r\n",
                           "GET /metrics?name=x HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n",
                           "GET HTTP://x:1/metrics HTTP/1.1\r\nHost: x:1\r\n\r\n"}) {
    EXPECT_EQ(first_line(talk(text).out), "HTTP/1.1 200 OK") << text;
  }
}

TEST(PageConversation, AnswersHeadWithoutThePage) {
  const Talk found = talk("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(found.out.find("\r\nContent-Length: 6\r\n"), std::string::npos);
  EXPECT_TRUE(found.out.ends_with("\r\n\r\n"));
}

TEST(PageConversation, SaysWhatItDoesNotHave) {
  const auto status = [](std::string_view text) { return first_line(talk(text).out); };
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 404 Not Found");
  EXPECT_EQ(status("GET /metrics/ HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 404 Not Found");
  EXPECT_EQ(status("POST /metrics HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 405 Method Not Allowed");
  EXPECT_NE(talk("PUT /metrics HTTP/1.0\r\n\r\n").out.find("\r\nAllow: GET, HEAD\r\n"),
            std::string::npos);
  EXPECT_EQ(status("PRI * HTTP/2.0\r\n\r\n"), "HTTP/1.1 505 HTTP Version Not Supported");
}

TEST(PageConversation, ComplainsOfWhatIsNoRequest) {
  for (const char* text :
       {"GET /metrics\r\n\r\n", "GET  HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\r\n\r\n",
        "GET /metrics HTTP/1.1\r\n\r\n", "GET /metrics HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", "GET metrics HTTP/1.0\r\n\r\n",
        "G(T /metrics HTTP/1.0\r\n\r\n", "EHLO x\r\n\r\n"}) {
    const Talk found = talk(text);
    EXPECT_EQ(first_line(found.out), "HTTP/1.1 400 Bad Request") << text;
    EXPECT_EQ(found.complaint, "sent a request that is none of HTTP") << text;
  }
}

TEST(PageConversation, ReadsNoMoreThanItsLimit) {
  PageConversation conversation(kPage);
  std::string out;
  std::size_t sent = 0;
  while (!conversation.over() && sent < 10 * limits::kHttpHeadBytes) {
    conversation.on_bytes("X: y\r\n", out);
    sent += 6;
  }
  EXPECT_LT(sent, limits::kHttpHeadBytes + 6);
  EXPECT_EQ(first_line(out), "HTTP/1.1 431 Request Header Fields Too Large");
  EXPECT_EQ(conversation.complaint(), "sent a request that is too long");
}

TEST(PageConversation, LetsAPeerGoThatAsksNothing) {
  PageConversation conversation(kPage);
  conversation.on_end();
  EXPECT_TRUE(conversation.over());
  EXPECT_EQ(conversation.complaint(), "");
}

TEST(PageConversation, ComplainsOfAPeerThatGoesOrFallsSilentWithinItsRequest) {
  PageConversation gone(kPage);
  std::string out;
  gone.on_bytes("GET /met", out);
  gone.on_end();
  EXPECT_EQ(gone.complaint(), "closed the connection within a request");
  PageConversation silent(kPage);
  silent.on_bytes("GET /met", out);
  EXPECT_TRUE(silent.fresh());
  silent.on_silence();
  EXPECT_TRUE(silent.over());
  EXPECT_EQ(silent.complaint(), "sent no request");
  EXPECT_EQ(out, "");
}

}  // namespace
}  // namespace backstop::http
