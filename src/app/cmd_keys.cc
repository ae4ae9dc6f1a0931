// backstop keys: shows and changes the key ring.  Secrets go into private files; only that of tags
// is printed, where it is asked for.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/first_ring.h"
#include "app/json_instant.h"
#include "app/settings.h"
#include "core/base/limits.h"
#include "core/crypto/secret.h"
#include "core/proof/key_change.h"
#include "core/proof/key_file.h"
#include "core/proof/tag.h"
#include "edge/os/clock.h"
#include "edge/os/entropy.h"
#include "edge/os/key_store.h"

namespace backstop::app {
namespace {

struct Options {
  Settings settings;
  std::string directory;  // Instead of the configuration's.
  bool json = false;
  bool new_ring = false;
  unsigned id = 0;  // 0: none given.
  std::string file;
};

// The store and the lifetime that the options mean.
struct Place {
  os::KeyStore store;
  Seconds lifetime;
};

Result<Place> find_place(const Options& options) {
  if (!options.directory.empty())
    return Place{os::KeyStore(options.directory), proof::kDefaultLifetime};
  BS_TRY(const config::Config config, load_config(options.settings));
  return Place{os::KeyStore(config.keys_directory), config.lifetime};
}

Instant now() {
  return os::SystemClock().now();
}

// What a change did, as a line or as an object.
void print_done(const Options& options, const std::string& sentence, nlohmann::json facts) {
  if (!options.json) {
    fmt::print("{}\n", sentence);
    return;
  }
  facts["v"] = 1;
  fmt::print("{}\n", facts.dump());
}

std::string text_of(const std::optional<Instant>& instant) {
  return instant ? render_instant(*instant) : "-";
}

void print_table(const Place& place, const os::LoadedRing& loaded) {
  constexpr const char* kRow = "{:>4}  {:<8}  {:<20}  {:<20}  {:<20}  {:<20}  {}\n";
  fmt::print(fmt::runtime(kRow), "id", "state", "created", "signs until at most", "verifies until",
             "kept until", "fingerprint");
  for (const auto& key : loaded.ring->keys()) {
    const proof::KeyInfo& info = key->info();
    fmt::print(fmt::runtime(kRow), info.id, proof::name_of(info.state),
               render_instant(info.created), text_of(info.emits_until),
               text_of(info.verifies_until(place.lifetime)),
               text_of(info.kept_until(place.lifetime)), proof::fingerprint_of(key->secret()));
  }
  fmt::print("ring {}  fingerprint {}\n", place.store.path(),
             proof::fingerprint_of(loaded.ring->ring_secret()));
}

void print_json(const Place& place, const os::LoadedRing& loaded) {
  nlohmann::json keys = nlohmann::json::array();
  for (const auto& key : loaded.ring->keys()) {
    const proof::KeyInfo& info = key->info();
    keys.push_back({{"id", info.id},
                    {"state", proof::name_of(info.state)},
                    {"created", render_instant(info.created)},
                    {"emits_until", json_of(info.emits_until)},
                    {"verifies_until", json_of(info.verifies_until(place.lifetime))},
                    {"kept_until", json_of(info.kept_until(place.lifetime))},
                    {"fingerprint", proof::fingerprint_of(key->secret())}});
  }
  const nlohmann::json line = {{"v", 1},
                               {"directory", place.store.path()},
                               {"fingerprint", proof::fingerprint_of(loaded.ring->ring_secret())},
                               {"keys", keys},
                               {"deleted", loaded.ring->deleted()},
                               {"notes", loaded.notes}};
  fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

// Good; or found: no key emits, or something in the directory needs a look.
int run_list(const Options& options) {
  const auto place = find_place(options);
  if (!place) return report_error(place.error(), kExitBadConfig);
  const auto loaded = place->store.load();
  if (!loaded) return report_error(loaded.error(), kExitBadConfig);
  if (options.json)
    print_json(*place, *loaded);
  else
    print_table(*place, *loaded);
  for (const std::string& note : loaded->notes)
    fmt::print(stderr, "backstop: {}\n", note);
  if (loaded->ring->emitting() == nullptr)
    fmt::print(stderr, "backstop: No key emits; nothing is signed.\n");
  return loaded->notes.empty() && loaded->ring->emitting() != nullptr ? kExitGood : kExitFound;
}

// Takes the lock, loads, changes, saves.  `change`: Result<proof::KeyRing>(const proof::KeyRing&).
// `changed` receives the ring as saved when all went well.
template <class Change>
int change_ring(const Place& place, Change change, std::optional<proof::KeyRing>& changed) {
  const auto lock = place.store.lock();
  if (!lock) return report_error(lock.error(), kExitBadConfig);
  const auto loaded = place.store.load();
  if (!loaded) return report_error(loaded.error(), kExitBadConfig);
  for (const std::string& note : loaded->notes)
    fmt::print(stderr, "backstop: {}\n", note);
  Result<proof::KeyRing> after = change(*loaded->ring);
  if (!after) return report_error(after.error(), kExitUsage);
  const auto saved = place.store.save(*lock, loaded->ring.get(), *after);
  if (!saved) return report_error(saved.error(), kExitBadConfig);
  changed.emplace(*std::move(after));
  return kExitGood;
}

int make_ring(const Options& options, const Place& place) {
  os::KernelEntropy entropy;
  const auto made = make_first_ring(place.store, entropy, now());
  if (!made)
    return report_error(made.error(),
                        made.error().code == Errc::Exists ? kExitUsage : kExitBadConfig);
  print_done(options, fmt::format("A new ring is in {}; its key 1 emits.", place.store.path()),
             {{"id", 1}, {"state", "emitting"}, {"new_ring", true}});
  return kExitGood;
}

int run_add(const Options& options) {
  const auto place = find_place(options);
  if (!place) return report_error(place.error(), kExitBadConfig);
  if (options.new_ring) return make_ring(options, *place);
  std::optional<proof::KeyRing> ring;
  proof::KeyId id = 0;
  const int exit_code = change_ring(
      *place,
      [&id](const proof::KeyRing& before) -> Result<proof::KeyRing> {
        BS_TRY(id, proof::next_key_id(before));
        os::KernelEntropy entropy;
        return proof::add_key(before, make_secret(entropy), now());
      },
      ring);
  if (exit_code != kExitGood) return exit_code;
  print_done(
      options,
      fmt::format("Key {} is added and waits. It signs after: backstop keys rotate {}", id, id),
      {{"id", id}, {"state", "waiting"}});
  return kExitGood;
}

int run_rotate(const Options& options) {
  const auto place = find_place(options);
  if (!place) return report_error(place.error(), kExitBadConfig);
  std::optional<proof::KeyRing> ring;
  auto id = static_cast<proof::KeyId>(options.id);
  const int exit_code = change_ring(
      *place,
      [&id](const proof::KeyRing& before) -> Result<proof::KeyRing> {
        if (id != 0) return proof::rotate_to(before, id);
        BS_TRY(id, proof::next_key_id(before));
        os::KernelEntropy entropy;
        BS_TRY(const proof::KeyRing grown, proof::add_key(before, make_secret(entropy), now()));
        return proof::rotate_to(grown, id);
      },
      ring);
  if (exit_code != kExitGood) return exit_code;
  print_done(options, fmt::format("Key {} emits now; the key before it still verifies.", id),
             {{"id", id}, {"state", "emitting"}});
  return kExitGood;
}

int run_retire(const Options& options) {
  const auto place = find_place(options);
  if (!place) return report_error(place.error(), kExitBadConfig);
  const auto id = static_cast<proof::KeyId>(options.id);
  std::optional<proof::KeyRing> ring;
  const int exit_code = change_ring(
      *place, [id](const proof::KeyRing& before) { return proof::retire_key(before, id); }, ring);
  if (exit_code != kExitGood) return exit_code;
  const proof::KeyInfo& info = ring->find(id)->info();
  const auto kept_until = info.kept_until(place->lifetime);
  print_done(
      options,
      kept_until
          ? fmt::format("Key {} never signs again. It verifies until {} and may be "
                        "deleted after {}.",
                        id, text_of(info.verifies_until(place->lifetime)), text_of(kept_until))
          : fmt::format("Key {} never signed, and never will; it may be deleted.", id),
      {{"id", id},
       {"state", "retired"},
       {"verifies_until", json_of(info.verifies_until(place->lifetime))},
       {"kept_until", json_of(kept_until)}});
  return kExitGood;
}

int run_delete(const Options& options) {
  const auto place = find_place(options);
  if (!place) return report_error(place.error(), kExitBadConfig);
  const auto id = static_cast<proof::KeyId>(options.id);
  std::optional<proof::KeyRing> ring;
  const int exit_code = change_ring(
      *place,
      [&](const proof::KeyRing& before) {
        return proof::delete_key(before, id, now(), place->lifetime);
      },
      ring);
  if (exit_code != kExitGood) return exit_code;
  print_done(options, fmt::format("Key {} is deleted; its id is not used again.", id),
             {{"id", id}, {"state", "deleted"}});
  return kExitGood;
}

int run_export(const Options& options) {
  const auto place = find_place(options);
  if (!place) return report_error(place.error(), kExitBadConfig);
  const auto loaded = place->store.load();
  if (!loaded) return report_error(loaded.error(), kExitBadConfig);
  const crypto::Secret text = proof::render_ring_export(*loaded->ring);
  const auto written = os::write_new_private_file(options.file, text.bytes());
  if (!written) return report_error(written.error());
  const std::size_t count = loaded->ring->keys().size();
  print_done(
      options,
      fmt::format("The ring and its keys ({}) are in {}, readable by its owner only. Who has "
                  "this file can sign as you do.",
                  count, options.file),
      {{"file", options.file}, {"keys", count}});
  return kExitGood;
}

// The tag secret of a key, for other programs that make or check tags with it (Exim's prvs).
int run_tag_secret(const Options& options) {
  const auto place = find_place(options);
  if (!place) return report_error(place.error(), kExitBadConfig);
  const auto loaded = place->store.load();
  if (!loaded) return report_error(loaded.error(), kExitBadConfig);
  const proof::Key* const key = options.id == 0
                                    ? loaded->ring->emitting()
                                    : loaded->ring->find(static_cast<proof::KeyId>(options.id));
  if (key == nullptr)
    return report_error({Errc::NotFound, "", "there is no such key in the ring"}, kExitUsage);
  const std::span<const std::uint8_t> secret = key->tag_secret().bytes();
  if (options.file == "-") {
    std::fwrite(secret.data(), 1, secret.size(), stdout);
    std::fputc('\n', stdout);
    return kExitGood;
  }
  const auto written = os::write_new_private_file(options.file, secret);
  if (!written) return report_error(written.error());
  const unsigned digit = proof::tag_digit_of(key->info().id);
  print_done(options,
             fmt::format("The tag secret of key {} is in {}, readable by its owner only; its key "
                         "number in tags is {}. Who has this file can make tags as you do.",
                         key->info().id, options.file, digit),
             {{"id", key->info().id}, {"digit", digit}, {"file", options.file}});
  return kExitGood;
}

Result<proof::AssembledRing> read_export(const std::string& file) {
  BS_TRY(const crypto::Secret content, os::read_private_file(file, limits::kKeyExportBytes));
  // SAFETY: char and uint8_t have the same size and alignment.
  const std::string_view text(reinterpret_cast<const char*>(content.bytes().data()),
                              content.bytes().size());
  BS_TRY(proof::RingRecords records, proof::parse_ring_export(text, file));
  return proof::assemble_ring(std::move(records));
}

int run_import(const Options& options) {
  const auto place = find_place(options);
  if (!place) return report_error(place.error(), kExitBadConfig);
  auto theirs = read_export(options.file);
  if (!theirs) return report_error(theirs.error());
  std::size_t count = theirs->ring.keys().size();
  const auto present = place->store.load();
  if (!present && present.error().code == Errc::NotFound) {
    const auto lock = place->store.lock_new();
    if (!lock) return report_error(lock.error(), kExitBadConfig);
    const auto saved = place->store.save(*lock, nullptr, theirs->ring);
    if (!saved) return report_error(saved.error());
  } else {
    std::optional<proof::KeyRing> ring;
    const int exit_code = change_ring(
        *place,
        [&](const proof::KeyRing& before) { return proof::merge_rings(before, theirs->ring); },
        ring);
    if (exit_code != kExitGood) return exit_code;
    count = ring->keys().size();
  }
  print_done(options, fmt::format("{} now holds {} keys.", place->store.path(), count),
             {{"directory", place->store.path()}, {"keys", count}});
  return kExitGood;
}

struct Leaf {
  CLI::App* command;
  std::shared_ptr<Options> options;
};

// One `backstop keys NAME`, with the options that all of them take.
Leaf add_leaf(CLI::App& keys, Chosen& chosen, const char* name, const char* description,
              int (*run)(const Options&)) {
  const Leaf leaf{keys.add_subcommand(name, description), std::make_shared<Options>()};
  declare_settings(*leaf.command, leaf.options->settings);
  leaf.command->add_option("--keys", leaf.options->directory,
                           "The key directory, without reading a configuration");
  leaf.command->add_flag("--json", leaf.options->json, "One JSON object");
  leaf.command->callback([options = leaf.options, run, &chosen] {
    chosen.run = [options, run] { return run(*options); };
  });
  return leaf;
}

CLI::Option* add_id(const Leaf& leaf, const char* description) {
  return leaf.command->add_option("id", leaf.options->id, description)
      ->check(CLI::Range(1U, static_cast<unsigned>(limits::kKeysPerRing)));
}

}  // namespace

void add_keys_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const keys = app.add_subcommand("keys", "Show and change the signing keys");
  keys->require_subcommand(1);
  keys->footer(render_examples({"backstop keys list", "backstop keys add --new-ring",
                                "backstop keys rotate", "backstop keys export /root/ring.txt"}));

  add_leaf(*keys, chosen, "list", "Show the keys and what each may do", run_list);
  const Leaf add = add_leaf(*keys, chosen, "add", "Make a key that waits", run_add);
  add.command->add_flag("--new-ring", add.options->new_ring,
                        "Make a new ring and its first key, which emits");
  add_id(add_leaf(*keys, chosen, "rotate", "Let another key sign", run_rotate),
         "The waiting key to sign with; a new one without it");
  add_id(add_leaf(*keys, chosen, "retire", "Never sign with a key again", run_retire), "The key")
      ->required();
  add_id(add_leaf(*keys, chosen, "delete", "Forget a retired key after its time", run_delete),
         "The key")
      ->required();
  const Leaf out =
      add_leaf(*keys, chosen, "export", "Write the whole ring to one file", run_export);
  out.command->add_option("file", out.options->file, "A file that does not exist yet")->required();
  const Leaf tag = add_leaf(*keys, chosen, "tag-secret",
                            "Write the secret of a key's tags, for Exim's prvs", run_tag_secret);
  tag.command->add_option("file", tag.options->file, "A file that does not exist yet; - prints it")
      ->required();
  tag.command->add_option("--id", tag.options->id, "The key; the one that signs without it")
      ->check(CLI::Range(1U, static_cast<unsigned>(limits::kKeysPerRing)));
  const Leaf in = add_leaf(*keys, chosen, "import", "Add the keys of an export", run_import);
  in.command->add_option("file", in.options->file, "What backstop keys export wrote")->required();
}

}  // namespace backstop::app
