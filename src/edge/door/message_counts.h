// What the metrics say of messages.
#pragma once

#include "core/transaction/record.h"
#include "ports/metrics.h"

namespace backstop::door {

// Counts a message that was signed, judged or let through.  Any thread.
void count_message(const transaction::Record& record, ports::Metrics& metrics);

}  // namespace backstop::door
