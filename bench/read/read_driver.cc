// Measures reading, for run.py: CPU time of one thread over messages that lie in memory, beside a
// copy of them, a walk over their line ends and GMime's parse, all by turns in every round.
//
// usage: read_driver ROUNDS < LIST, where a line of LIST is a group, a tab and the path of a
// message; groups are `bounce` and `ordinary`.  Prints "group_what value" lines.
#include <gmime/gmime.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/reading/normal_text.h"
#include "core/reading/phrases.h"
#include "core/reading/reader.h"

namespace {

namespace reading = backstop::reading;
using Messages = std::vector<std::string>;

// Each measurement takes at least this long: the clock's grain and a stray interrupt vanish in it.
constexpr double kLeastSeconds = 0.05;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Keeps the compiler from leaving out what nobody looks at.
volatile std::size_t sink = 0;

// CPU seconds of one pass of `work` over everything.
template <class Work>
double seconds_of(Work&& work) {
  std::size_t passes = 0;
  const double begin = cpu_seconds();
  double spent = 0;
  do {
    work();
    ++passes;
    spent = cpu_seconds() - begin;
  } while (spent < kLeastSeconds);
  return spent / static_cast<double>(passes);
}

void copy_all(const Messages& messages) {
  static std::string room;
  for (const std::string& message : messages) {
    if (room.size() < message.size()) room.resize(message.size());
    std::memcpy(room.data(), message.data(), message.size());
    sink = sink + static_cast<unsigned char>(room[message.size() / 2]);
  }
}

void walk_line_ends(const Messages& messages) {
  std::size_t lines = 0;
  for (const std::string& message : messages) {
    const char* at = message.data();
    const char* const end = at + message.size();
    while (const void* next = std::memchr(at, '\n', static_cast<std::size_t>(end - at))) {
      at = static_cast<const char*>(next) + 1;
      ++lines;
    }
  }
  sink = sink + lines;
}

void parse_with_gmime(const Messages& messages) {
  for (const std::string& message : messages) {
    GMimeStream* stream = g_mime_stream_mem_new_with_buffer(message.data(), message.size());
    GMimeParser* parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage* parsed = g_mime_parser_construct_message(parser, nullptr);
    if (parsed != nullptr) g_object_unref(parsed);
    g_object_unref(parser);
    g_object_unref(stream);
  }
}

void read_all(const Messages& messages) {
  for (const std::string& message : messages) {
    sink = sink + static_cast<std::size_t>(reading::read_message(message, {}).reading.kind);
  }
}

void print(const std::string& group, const char* what, double value) {
  std::printf("%s_%s %.9g\n", group.c_str(), what, value);
}

void measure(const std::string& group, const Messages& messages) {
  print(group, "memcpy_s", seconds_of([&] { copy_all(messages); }));
  print(group, "newlines_s", seconds_of([&] { walk_line_ends(messages); }));
  print(group, "gmime_s", seconds_of([&] { parse_with_gmime(messages); }));
  print(group, "read_s", seconds_of([&] { read_all(messages); }));
}

// What they are is known, so the same run says how well they are told.
void count_kinds(const std::string& group, const Messages& messages) {
  std::size_t bytes = 0;
  std::size_t told = 0;
  std::size_t bodies = 0;
  for (const std::string& message : messages) {
    bytes += message.size();
    const reading::ReadOutcome outcome = reading::read_message(message, {});
    const reading::Kind kind = outcome.reading.kind;
    if (group == "bounce") {
      told += kind == reading::Kind::Bounce || kind == reading::Kind::Delay ? 1 : 0;
    } else {
      told += kind == reading::Kind::Ordinary ? 1 : 0;
    }
    bodies += outcome.body_read ? 1 : 0;
  }
  print(group, "messages", static_cast<double>(messages.size()));
  print(group, "bytes", static_cast<double>(bytes));
  print(group, "told", static_cast<double>(told));
  print(group, "bodies", static_cast<double>(bodies));
}

// The search for known phrases, over texts as long as one message's may be.
void measure_phrases(const Messages& messages) {
  Messages normal;
  std::size_t raw_bytes = 0;
  std::size_t bytes = 0;
  for (const std::string& message : messages) {
    normal.push_back(reading::render_normal(message));
    raw_bytes += message.size();
    bytes += normal.back().size();
  }
  const double rendering = seconds_of([&] {
    for (const std::string& message : messages)
      sink = sink + reading::render_normal(message).size();
  });
  const double searching = seconds_of([&] {
    for (const std::string& text : normal) {
      reading::PhraseHits hits;
      reading::find_phrases(text, reading::Where::Text, hits);
      sink = sink + hits.all().size();
    }
  });
  std::printf("normal_text_gbps %.9g\n", 1e-9 * static_cast<double>(raw_bytes) / rendering);
  std::printf("phrases_gbps %.9g\n", 1e-9 * static_cast<double>(bytes) / searching);
}

std::map<std::string, Messages> load(std::istream& list) {
  std::map<std::string, Messages> groups;
  std::string line;
  while (std::getline(list, line)) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) continue;
    std::ifstream in(line.substr(tab + 1), std::ios::binary);
    groups[line.substr(0, tab)].emplace_back(std::istreambuf_iterator<char>(in),
                                             std::istreambuf_iterator<char>());
  }
  return groups;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  g_mime_init();
  const auto groups = load(std::cin);
  if (!groups.contains("bounce") || !groups.contains("ordinary")) {
    std::fputs("read_driver: both groups are needed\n", stderr);
    return 2;
  }
  for (const auto& [group, messages] : groups)
    count_kinds(group, messages);
  for (int round = 0; round < rounds; ++round) {
    for (const auto& [group, messages] : groups)
      measure(group, messages);
    measure_phrases(groups.at("bounce"));
  }
  std::printf("phrases %zu\n", reading::all_phrases().size());
  return 0;
}
