// Samples of mail in short form, for the tests of what decides a kind.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "core/reading/reader.h"

namespace backstop::reading {

struct Sample {
  const char* name;
  const char* header;  // Beside To, Date and the MIME fields.
  const char* text;
};

inline Reading read_sample(const Sample& sample) {
  return read_message(std::string(sample.header) +
                      "To: anna@example.net\r\nDate: Sat, 3 Jan 2026 10:00:00 +0000\r\n"
                      "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                      "Content-Transfer-Encoding: 8bit\r\n\r\n" +
                      sample.text);
}

inline void expect_kind(Kind kind, const Sample& sample) {
  const Reading reading = read_sample(sample);
  EXPECT_EQ(reading.kind, kind) << sample.name << " is " << name_of(reading.kind);
  EXPECT_FALSE(reading.evidence.empty()) << sample.name;
}

template <std::size_t N>
void expect_all(Kind kind, const Sample (&samples)[N]) {
  for (const Sample& sample : samples)
    expect_kind(kind, sample);
}

}  // namespace backstop::reading
