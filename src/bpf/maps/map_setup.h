// Sets up the maps of an object that libbpf cannot create from their definition alone: those that exist already
// (pinned, or published by another object of the process), and maps of maps, which need an inner map as a template.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "bpf/maps/published_maps.h"
#include "spec/spec.h"

struct bpf_map;
struct bpf_object;

namespace sonde::bpf {

class MapSetup {
 public:
  // `space`: the namespace of BPF_TABLE_SHARED.
  MapSetup(bpf_object* object, const spec::Spec& spec, std::string space);

  Status before_load();
  // Pins and publishes what is new. The error's code is EEXIST when another process was quicker to pin: load once more.
  Status after_load();
  std::vector<Publication> take_publications() { return std::move(publications_); }

 private:
  bpf_map* find(const std::string& name) const;
  Status supply(const spec::Map& map);
  Status take_extern(const spec::Map& map, bpf_map* target);
  Status take_pinned(const spec::Map& map, bpf_map* target);
  Status reuse(const spec::Map& map, bpf_map* target, int fd, const std::string& whose);
  void tell_type(const std::string& name, uint32_t type);
  Status give_example(const spec::Map& outer, bpf_map* target);
  Result<base::Fd> make_example(const bpf_map* inner);

  bpf_object* object_;
  const spec::Spec& spec_;
  std::string space_;
  std::vector<std::pair<const spec::Map*, bpf_map*>> to_pin_, to_publish_;
  std::vector<base::Fd> examples_;
  std::vector<Publication> publications_;
};

}  // namespace sonde::bpf
