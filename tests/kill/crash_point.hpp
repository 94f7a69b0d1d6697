#pragma once

#include "journal.hpp"

/// Death at a system call that changes files or directories: the linker leads the engine's calls of
/// write, rename and the like (--wrap, see meson.build) through here, where they are counted.
namespace kill_test {

/// From now on the doom counts, if this is its phase.
void enter_phase(Journal& journal, Phase phase);

}  // namespace kill_test
