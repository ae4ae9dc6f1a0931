// Reads the messages of one batch for `backstop scan`, and keeps of them only what is counted and
// shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/basis.h"
#include "core/survey/census.h"
#include "core/survey/sighting.h"
#include "core/survey/truth.h"
#include "edge/mailbox/batch_reader.h"

namespace backstop::app {

// Whether subject and sender of people's own answers are shown (auto-replies tell who is away).
enum class Redaction { On, Off };

// What is to be found out.
struct ScanWishes {
  const Basis* basis = nullptr;          // With keys: whether we sent what is answered.
  const survey::Truth* truth = nullptr;  // What the messages are known to be.
  bool rows = false;                     // A CSV row a message.
  Redaction redaction = Redaction::On;
};

// A message whose kind is known from the truth.
struct CheckedMessage {
  std::string source;
  const survey::Expected* expected = nullptr;
  reading::Kind found = reading::Kind::Ordinary;
};

struct BatchFindings {
  std::uint64_t disk_bytes = 0;
  std::uint64_t bytes = 0;
  std::uint64_t bodies = 0;
  std::uint64_t cut = 0;
  std::vector<std::optional<survey::Day>> ordinary_days;  // One for each ordinary message.
  std::vector<survey::Sighting> sightings;                // One for each other.
  std::vector<survey::OrdinaryMessage> ordinary;          // The first of the ordinary ones.
  std::vector<survey::UnreadablePlace> unreadable;
  std::vector<CheckedMessage> checked;
  std::uint64_t unchecked = 0;   // Not named by the truth.
  std::vector<std::string> met;  // Sources that it names.
  std::string rows;
};

// `list_ordinary`: the first limits::kSurveyListed ordinary messages are described.  Any thread.
BatchFindings read_batch(const mailbox::Batch& batch, const ScanWishes& wishes, bool list_ordinary);

}  // namespace backstop::app
