#pragma once

#include <cstddef>
#include <cstdint>

/// Where exceptions were thrown, of programs that link the library xylem-throw; its only function.
///
/// The calls that led to the throw of the exception at that address, innermost first; their number,
/// 0 when it is not known (any more). `addresses` has a place for `size`. Any thread.
extern "C" std::size_t xylem_throw_site(const void* exception, std::uintptr_t* addresses,
                                        std::size_t size, bool* is_cut) noexcept;
