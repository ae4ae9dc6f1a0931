// What stands in Exim's configuration so that it asks Backstop: said to the administrator, never
// written by us, since Exim's configuration has no form that a program could edit safely.
//
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.h"

namespace backstop::mta {

// Which tags Exim must know.
struct EximTags {
  bool prvs = false;         // prvs=TAG=user@
  bool sub_address = false;  // user+prvs=TAG@
  char delimiter = '+';

  bool any() const { return prvs || sub_address; }
};

struct EximSite {
  config::Endpoint line;             // Unix or Inet.
  config::Endpoint rspamd;           // Unix or Inet.
  std::vector<std::string> domains;  // Whose mail is guarded.
  EximTags tags;
  std::string authserv_id;    // Nobody outside may write results in this name.
  std::string quarantine_to;  // The mailbox for what is to be held; "": it is frozen in the queue.
  unsigned held_days = 30;    // For how long what is frozen stays there.
};

struct EximPart {
  std::string_view where;  // In a sentence: "the main section, before the first begin".
  std::string text;
};

// For Exim 4.96 and later.
//
// Invariants of the recipe
//   (1) A recipient without a tag never depends on us: it is neither refused nor deferred at RCPT.
//   (2) Only a forged tag is refused; an authentic one of any age is taken off, whoever sends.
//   (3) While we are away, only recipients with a tag are deferred; everything else flows.
//   (4) Exim itself neither delivers nor returns what is frozen, for as long as it may stay.
//   (5) A message going out is asked a token for once; its sender has one tag at every attempt.
std::vector<EximPart> render_exim_recipe(const EximSite& site);

// The endpoint as ${readsocket} takes it: a path, or "inet:127.0.0.1:12603".
std::string render_exim_socket(const config::Endpoint& endpoint);

}  // namespace backstop::mta
