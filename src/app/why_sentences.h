// What the policy knew of a message and what it did, in sentences for a person.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/policy/policy.h"

namespace backstop::app {

// What was known, in the order in which it matters.
std::vector<std::string> say_facts(const policy::Facts& facts);

// "mark": "delivered, with a Backstop-Verdict field that says so".  The name itself for another.
std::string say_decision(std::string_view decision);

}  // namespace backstop::app
