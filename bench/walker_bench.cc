// Time to walk a message and decode its parts, beside GMime's parse of the same bytes.
//
// Over testdata/mail, and the *.eml below BACKSTOP_CORPUS when it names a folder.
#include <benchmark/benchmark.h>
#include <gmime/gmime.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/mail/walker.h"

namespace {

namespace mail = backstop::mail;

const std::vector<std::string>& messages() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> out;
    const char* corpus = std::getenv("BACKSTOP_CORPUS");
    const std::string corpus_folder = corpus == nullptr ? "" : corpus;
    for (const std::string& folder : {std::string("testdata/mail"), corpus_folder}) {
      if (folder.empty()) continue;
      for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.path().extension() != ".eml") continue;
        std::ifstream in(entry.path(), std::ios::binary);
        out.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
      }
    }
    return out;
  }();
  return all;
}

class CountingVisitor final : public mail::Visitor {
 public:
  explicit CountingVisitor(mail::PartAction action) : action_(action) {}
  mail::PartAction on_header_end(const mail::PartHead&) override { return action_; }
  void on_field(mail::PartId, const mail::FieldView&) override { ++fields; }
  void on_content(mail::PartId, std::string_view content) override { bytes += content.size(); }

  std::size_t fields = 0;
  std::size_t bytes = 0;

 private:
  mail::PartAction action_;
};

void count(benchmark::State& state) {
  std::size_t bytes = 0;
  for (const std::string& message : messages())
    bytes += message.size();
  state.SetItemsProcessed(static_cast<std::int64_t>(messages().size()) * state.iterations());
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
}

void walk(benchmark::State& state, mail::PartAction action, std::size_t chunk) {
  for (auto _ : state) {
    for (const std::string& message : messages()) {
      CountingVisitor visitor(action);
      mail::Walker walker(visitor);
      std::string_view rest = message;
      while (!rest.empty()) {
        walker.feed(rest.substr(0, chunk));
        rest.remove_prefix(std::min(chunk, rest.size()));
      }
      walker.finish();
      benchmark::DoNotOptimize(visitor.bytes);
    }
  }
  count(state);
}

void parse_with_gmime(benchmark::State& state, bool decode) {
  g_mime_init();
  for (auto _ : state) {
    for (const std::string& message : messages()) {
      GMimeStream* stream = g_mime_stream_mem_new_with_buffer(message.data(), message.size());
      GMimeParser* parser = g_mime_parser_new_with_stream(stream);
      GMimeMessage* parsed = g_mime_parser_construct_message(parser, nullptr);
      if (parsed != nullptr && decode) {
        GMimeStream* out = g_mime_stream_null_new();
        g_mime_message_foreach(
            parsed,
            [](GMimeObject*, GMimeObject* part, void* to) {
              if (!GMIME_IS_PART(part)) return;
              GMimeDataWrapper* content = g_mime_part_get_content(GMIME_PART(part));
              if (content != nullptr) {
                g_mime_data_wrapper_write_to_stream(content, static_cast<GMimeStream*>(to));
              }
            },
            out);
        g_object_unref(out);
      }
      if (parsed != nullptr) g_object_unref(parsed);
      g_object_unref(parser);
      g_object_unref(stream);
    }
  }
  count(state);
}

BENCHMARK_CAPTURE(walk, decode, mail::PartAction::Enter, std::string::npos);
BENCHMARK_CAPTURE(walk, decode_in_4_KiB_chunks, mail::PartAction::Enter, 4096);
BENCHMARK_CAPTURE(walk, skip, mail::PartAction::Skip, std::string::npos);
BENCHMARK_CAPTURE(parse_with_gmime, parse, false);
BENCHMARK_CAPTURE(parse_with_gmime, parse_and_decode, true);

}  // namespace
