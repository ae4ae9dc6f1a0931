#include "app/store_files.h"

#include <algorithm>
#include <array>
#include <utility>

namespace backstop::app {
namespace {

using Row = std::pair<std::string_view, StoreFile>;
constexpr std::array kFiles{
    Row{"ledger.db", StoreFile::Database},  Row{"history.db", StoreFile::Database},
    Row{"review.db", StoreFile::Database},  Row{"gaps", StoreFile::Text},
    Row{"ring", StoreFile::Text},           Row{"tag-exempt", StoreFile::Text},
    Row{"last-tag", StoreFile::Text},       Row{"held", StoreFile::Text},
    Row{"coverage", StoreFile::Text},       Row{"coverage-words", StoreFile::Text},
    Row{"canary", StoreFile::Text},         Row{"alarms", StoreFile::Text},
    Row{"rules", StoreFile::Text},          Row{"rule-counts", StoreFile::Text},
    Row{"senders", StoreFile::Text},        Row{"heartbeat", StoreFile::Heartbeat},
    Row{"ledger.lock", StoreFile::Passing}, Row{"alarms.spool", StoreFile::Passing},
    Row{"feed.spool", StoreFile::Passing},  Row{"samples", StoreFile::Passing},
    Row{"watch", StoreFile::Text},
};

}  // namespace

StoreFile kind_of_store_file(std::string_view name) {
  const auto* const found = std::ranges::find(kFiles, name, &Row::first);
  if (found != kFiles.end()) return found->second;
  if (name.find(".corrupt-") != name.npos || name.ends_with(".damaged")) return StoreFile::Damaged;
  for (const std::string_view end : {"-wal", "-shm", "-journal", ".tmp", ".spool.new"})
    if (name.ends_with(end)) return StoreFile::Passing;
  return StoreFile::Unknown;
}

}  // namespace backstop::app
