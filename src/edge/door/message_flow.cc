#include "edge/door/message_flow.h"

namespace backstop::door {
namespace {

class TransactionFlow final : public MessageFlow {
 public:
  TransactionFlow(transaction::Surroundings surroundings, transaction::Client client)
      : transaction_(std::move(surroundings), std::move(client)) {}

  void on(const transaction::Event& event, Instant now, transaction::Effects& effects) override {
    transaction_.on(event, now, effects);
  }
  bool waiting() const override { return transaction_.waiting(); }
  bool finished() const override { return transaction_.finished(); }

 private:
  transaction::Transaction transaction_;
};

}  // namespace

std::unique_ptr<MessageFlow> TransactionSource::begin(const transaction::Client& client) {
  return std::make_unique<TransactionFlow>(surroundings_.current(), client);
}

bool TransactionSource::answers_recipients() const {
  return surroundings_.current().config->enforces();
}

}  // namespace backstop::door
