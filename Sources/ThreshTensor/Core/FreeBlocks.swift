// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Freed blocks of memory, a list for each size class. A block's first word leads to the next one,
/// so that taking and giving back are a few instructions; the owner's lock keeps others out.
struct FreeBlocks: @unchecked Sendable {
  private let heads: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  /// Bytes of all blocks in the lists.
  private(set) var bytes = 0

  /// Whether every block is as large as was asked for and goes back to the system at once, so that
  /// the address sanitizer sees reads past a tensor's end and after its life (scripts/test-sanitized).
  static var exact: Bool {
    #if THRESH_EXACT_BLOCKS
      true
    #else
      false
    #endif
  }

  /// Four classes an octave, up to the greatest size there can be.
  private static let classes = 4 * (Int.bitWidth - 6) + 1

  init() {
    heads = .allocate(capacity: FreeBlocks.classes)
    heads.initialize(repeating: nil, count: FreeBlocks.classes)
  }

  /// Rounds up to a class: four classes an octave, so at most a quarter of a block is unused.
  @inline(__always)
  static func size(for bytes: Int) -> Int {
    if exact { return max(bytes, 1) }
    if bytes <= 64 { return 64 }
    let octave = Int.bitWidth - 1 - (bytes - 1).leadingZeroBitCount
    let step = max(1 << (octave - 2), 64)
    return (bytes + step - 1) & -step
  }

  /// The list of blocks of `size` bytes, a size that `size(for:)` gave.
  @inline(__always)
  private static func index(_ size: Int) -> Int {
    if size <= 64 { return 0 }
    let octave = Int.bitWidth - 1 - (size - 1).leadingZeroBitCount
    return 4 * (octave - 6) + ((size - 1) >> (octave - 2)) & 3 + 1
  }

  @inline(__always)
  mutating func take(_ size: Int) -> UnsafeMutableRawPointer? {
    let head = heads + FreeBlocks.index(size)
    guard let block = head.pointee else { return nil }
    head.pointee = block.load(as: UnsafeMutableRawPointer?.self)
    bytes -= size
    return block
  }

  @inline(__always)
  mutating func add(_ block: UnsafeMutableRawPointer, _ size: Int) {
    let head = heads + FreeBlocks.index(size)
    block.storeBytes(of: head.pointee, as: UnsafeMutableRawPointer?.self)
    head.pointee = block
    bytes += size
  }

  /// Gives every block back to the system.
  mutating func releaseAll() {
    for i in 0..<FreeBlocks.classes {
      while let block = heads[i] {
        heads[i] = block.load(as: UnsafeMutableRawPointer?.self)
        free(block)
      }
    }
    bytes = 0
  }
}
