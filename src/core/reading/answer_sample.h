// Answers to a message of ours in short form, for the tests of what decides an answer's kind.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "core/reading/reader.h"

namespace backstop::reading {

struct Mail {
  const char* what;
  const char* subject;
  const char* fields;  // Further header fields, each with its line end.
  const char* text;
  const char* language = nullptr;  // Expected; null: any.
};

inline constexpr const char* kAnswer =
    "In-Reply-To: <1@here.example>\r\nReferences: <1@here.example>\r\n";

inline Reading read_answer(const char* from, const Mail& mail) {
  std::string message = "From: " + std::string(from) + "\r\nTo: bob@here.example\r\n";
  message += "Date: Sat, 21 Nov 2026 09:00:00 +0000\r\nMessage-ID: <2@there.example>\r\n";
  message += "Subject: " + std::string(mail.subject) + "\r\n" + mail.fields;
  message += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n";
  message += "Content-Transfer-Encoding: 8bit\r\n\r\n" + std::string(mail.text) + "\r\n";
  return read_message(message);
}

template <std::size_t size>
void expect_answers(const char* from, const Mail (&mails)[size], Kind kind) {
  for (const Mail& mail : mails) {
    const Reading reading = read_answer(from, mail);
    EXPECT_EQ(name_of(reading.kind), name_of(kind)) << mail.what;
    EXPECT_EQ(reading.language, mail.language == nullptr ? reading.language : mail.language)
        << mail.what;
    EXPECT_FALSE(reading.evidence.empty()) << mail.what;
  }
}

}  // namespace backstop::reading
