// Makes letters of all sorts, each with the truth about it.
#pragma once

#include "sim/letter.h"
#include "sim/world.h"

namespace backstop::sim {

// Mail of ours on its way out.
Letter make_outgoing(World& world);
// An answer to `sent`; a bounce or another, by any sort of server.
Letter make_answer(World& world, const std::shared_ptr<Sent>& sent);
// A bounce of something that was never ours, however it tries to look so.
Letter make_twin(World& world);
// A stranger sends spam with the header of `sent` on it, and it comes back.
Letter make_stolen(World& world, const std::shared_ptr<Sent>& sent);
Letter make_innocent(World& world);
// One of many tries at a tag, which returns nothing.
Letter make_guess(World& world);
// A client of the network from which they come.
std::string guessing_client(Random& random);

// Now and then a relay of ours hands it on, and writes down whose it was.
void bring_by_relay(World& world, Letter& letter);

// What left while nobody signed, or before signing began: without any transaction.
std::shared_ptr<Sent> make_unsigned(World& world, Instant at);
// The message as it left, after what was put in.
std::shared_ptr<Sent> make_sent(const Letter& letter);

}  // namespace backstop::sim
