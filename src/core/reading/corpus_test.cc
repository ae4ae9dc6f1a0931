// The reader over a labelled collection of real mail, when one is given: BACKSTOP_CORPUS names a
// folder with a manifest.tsv (columns path, label, subtype and others by their names).
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "core/reading/reader.h"

namespace backstop::reading {
namespace {

namespace fs = std::filesystem;

using Row = std::map<std::string, std::string>;

std::vector<Row> read_manifest(const fs::path& corpus) {
  const auto cells = [](const std::string& line) {
    std::vector<std::string> out;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, '\t');)
      out.push_back(cell);
    return out;
  };
  std::ifstream file(corpus / "manifest.tsv");
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> names = cells(line);
  std::vector<Row> rows;
  while (std::getline(file, line)) {
    const std::vector<std::string> values = cells(line);
    Row row;
    for (std::size_t i = 0; i < names.size() && i < values.size(); ++i)
      row[names[i]] = values[i];
    rows.push_back(std::move(row));
  }
  return rows;
}

Reading read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return read_message(std::string{std::istreambuf_iterator<char>(file), {}});
}

struct Share {
  unsigned good = 0;
  unsigned all = 0;
  void count(bool is_good) {
    ++all;
    if (is_good) ++good;
  }
  double value() const { return all == 0 ? 0.0 : static_cast<double>(good) / all; }
};

TEST(CorpusTest, RealMailIsToldApart) {
  const char* corpus = std::getenv("BACKSTOP_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "skipped: no corpus";
  std::map<std::string, Share> shares;
  unsigned ordinary_called_backscatter = 0;
  for (Row& row : read_manifest(corpus)) {
    const std::string& label = row["label"];
    const Reading reading = read_file(fs::path(corpus) / row["path"]);
    const bool report = row["content_type"] == "multipart/report";
    const bool failed_or_late = reading.kind == Kind::Bounce || reading.kind == Kind::Delay;
    if (label == "bounce-failed" || label == "bounce-delayed") {
      shares["bounce"].count(failed_or_late);
      if (report) shares["bounce as a report"].count(failed_or_late);
      if (row["orig_returned"] == "full" || row["orig_returned"] == "headers") {
        shares["something returned"].count(reading.returned.form != ReturnForm::None);
      }
    } else if (label == "dsn-success") {
      shares["delivery-report"].count(reading.kind == Kind::DeliveryReport);
    } else if (label == "mdn") {
      shares["read-receipt"].count(reading.kind == Kind::ReadReceipt);
    } else if (label == "arf-feedback" && report) {
      shares["feedback-report"].count(reading.kind == Kind::FeedbackReport);
    } else if (label == "ham" || label == "list-mail" || label == "transactional") {
      if (form_of(reading.kind) == KindForm::Returning) {
        ++ordinary_called_backscatter;
        ADD_FAILURE() << row["path"] << " is read as " << name_of(reading.kind);
      }
    }
  }
  for (const auto& [name, share] : shares) {
    RecordProperty(name, std::to_string(share.good) + "/" + std::to_string(share.all));
    std::printf("%-22s %u of %u\n", name.c_str(), share.good, share.all);
  }
  EXPECT_EQ(ordinary_called_backscatter, 0U);
  EXPECT_GE(shares["bounce as a report"].value(), 0.98);
  EXPECT_GE(shares["bounce"].value(), 0.85);
  EXPECT_GE(shares["something returned"].value(), 0.85);
  EXPECT_GE(shares["delivery-report"].value(), 0.98);
  EXPECT_GE(shares["read-receipt"].value(), 0.98);
  EXPECT_GE(shares["feedback-report"].value(), 0.98);
}

}  // namespace
}  // namespace backstop::reading
