// What must hold of every message, judged by the generator's own truth.  Each rule counts how often
// it had something to say, so that none is kept only because nothing ever tried it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/conversation.h"
#include "sim/rule_name.h"

namespace backstop::sim {

class Rules {
 public:
  Rules();

  // Notes what is wrong in complaints(); remembers what later messages are held against.
  // `rehearsed`: the effects of the same bytes in other pieces; null when there was no rehearsal.
  void check(const Conversation& conversation, const World& world,
             const std::vector<std::string>* rehearsed);
  // What is wrong with the last message.
  const std::vector<std::string>& complaints() const { return complaints_; }
  // A new site: other keys, other tags.
  void forget() { tags_.clear(); }

  // How often each rule was tried; those that never were are there as well.
  const std::map<std::string_view, std::size_t>& tried() const { return tried_; }

 private:
  struct Case {
    const Letter& letter;
    const Outcome& outcome;
    const Snapshot& snapshot;
    const World& world;
    const transaction::Record* record = nullptr;  // Null when there is none.
  };

  template <RuleName kName>
  void hold(bool held, const std::string& detail = "") {
    static_cast<void>(Listed<kName>::kDone);
    note(kName.text, held, detail);
  }
  void note(std::string_view rule, bool held, const std::string& detail);
  void check_recipients(const Case& one);
  void check_search(const Case& one);
  void check_turned_away(const Case& one);
  void check_refusal(const Case& one);
  void check_answer(const Case& one);
  void check_stolen(const Case& one);
  void check_twin(const Case& one);
  void check_innocent(const Case& one);
  void check_outgoing(const Case& one);
  void check_tag(const Case& one);
  void check_record(const Case& one);

  std::vector<std::string> complaints_;
  std::map<std::string_view, std::size_t> tried_;
  std::map<std::string, std::string> tags_;  // By sender, day, key and style: its tagged form.
};

}  // namespace backstop::sim
