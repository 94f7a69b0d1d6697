#pragma once
/// @file
/// References from one place of a document to another.

#include "config/reader.hpp"

namespace xylem::config {

/// What the `cfg://` reference at `place` leads to, references on the way and at the end followed.
/// The grammar is that of CPython's BaseConfigurator.cfg_convert: a word, then `.word` or
/// `[index]`, where an index of digits is a number.
///
/// Fails at `place`: "Unable to convert '!'", "Unable to convert 'a[' at '['", or, followed by the
/// words of the KeyError, IndexError or TypeError, "Unable to convert 'a.b': 'b'".
Cursor follow_reference(const Cursor& place);

}  // namespace xylem::config
