// SPDX-License-Identifier: Apache-2.0
import CKernels

/// 3x3 convolution of stride 1 by Winograd's F(4x4, 3x3), on float32.
///
/// Three ways to cut: by tiles, each block of tiles running through all filters, where these stay in
/// the caches; by panels of output channels, where tiles are few and filters many; by the 36 places,
/// some input channels at a time, where both are many.
extension CPUBackend {
  /// Where filters come from: (3, 3, C, K) at strides, as the transform reads them.
  struct WinogradFilters {
    let w: Tensor
    let tap, row: Int
    let turned: Bool

    /// Of w (K, 3, 3, C), with input and output channels exchanged.
    static func forward(_ w: Tensor, _ z: ConvolutionShape) throws -> WinogradFilters {
      let out = try Tensor(empty: [9, z.c, z.k], .float32, op: "conv2d")
      let (from, to) = (w.pointer(Float.self), out.pointer(Float.self))
      let (c, k) = (z.c, z.k)
      let pieces = Workspace.pieces(c, grain: max(16, 16_384 / k / 16 * 16))
      Workers.run(9 * pieces.count) { i in
        let (tap, piece) = (i / pieces.count, pieces[i % pieces.count])
        thresh_transpose(
          k, piece.count, from + tap * c + piece.lowerBound, 9 * c,
          to + (tap * c + piece.lowerBound) * k, k)
      }
      return WinogradFilters(w: out, tap: c * k, row: k, turned: false)
    }

    /// Of w (K, 3, 3, C) as it lies: the convolution that gives the gradient of the input.
    static func backward(_ w: Tensor, _ z: ConvolutionShape) -> WinogradFilters {
      WinogradFilters(w: w, tap: z.c, row: 9 * z.c, turned: true)
    }

    /// Transforms one panel: `columns` output channels from `column` on, input channels `c`.
    func panel(_ column: Int, _ columns: Int, _ c: Range<Int>, _ u: UnsafeMutablePointer<Float>) {
      thresh_winograd_filter(
        w.pointer(Float.self), tap, row, turned ? 1 : 0, column, columns, c.lowerBound,
        c.upperBound, u)
    }
  }

  /// Tiles of one block: its transformed inputs and one panel's products stay in the second-level
  /// cache.
  private static let tileBlock = 24
  /// Transformed filters from this size on are not kept whole where tiles are few,
  private static let filterFloats = 1 << 20
  /// and from this one on never: they are larger than the last cache.
  private static let mostFilterFloats = 8 << 20

  private func floats(_ rows: Int, _ width: Int) -> Int { 36 * thresh_winograd_place(rows, width) }

  private func tileBlocks(_ z: ConvolutionShape) -> [Range<Int>] {
    let blocks = (z.tiles + CPUBackend.tileBlock - 1) / CPUBackend.tileBlock
    return Workspace.pieces(z.tiles, grain: (z.tiles + blocks - 1) / blocks, most: Int.max)
  }

  /// Output pixels that a range of tiles covers.
  private func pixels(_ z: ConvolutionShape, _ tiles: Range<Int>) -> Int {
    let (across, down) = ((z.ow + 3) / 4, (z.oh + 3) / 4)
    return tiles.reduce(0) { sum, tile in
      let (top, left) = (tile / across % down * 4, tile % across * 4)
      return sum + min(4, z.oh - top) * min(4, z.ow - left)
    }
  }

  func winograd(
    _ z: ConvolutionShape, _ x: Tensor, _ filters: WinogradFilters, _ finish: ConvolutionFinish,
    into y: Tensor
  ) throws {
    let width = thresh_panel_width()
    let filterFloats = 36 * z.c * z.k
    if filterFloats >= CPUBackend.filterFloats && z.tiles <= 256 {
      try winogradByPanels(z, x, filters, finish, width, into: y)
    } else if filterFloats >= CPUBackend.mostFilterFloats {
      try winogradByPlaces(z, x, filters, finish, width, into: y)
    } else {
      try winogradByTiles(z, x, filters, finish, width, into: y)
    }
  }

  private func winogradByTiles(
    _ z: ConvolutionShape, _ x: Tensor, _ filters: WinogradFilters, _ finish: ConvolutionFinish,
    _ width: Int, into y: Tensor
  ) throws {
    let panels = (z.k + width - 1) / width
    let size = floats(z.c, width)
    let u = try Tensor(empty: [panels, size], .float32, op: "conv2d")
    let (from, up, to) = (x.pointer(Float.self), u.pointer(Float.self), y.pointer(Float.self))
    Workers.run(panels) { panel in
      filters.panel(
        panel * width, min(width, z.k - panel * width), 0..<z.c, up + panel * size)
    }
    let blocks = tileBlocks(z)
    try finish.moments?.reserve(blocks.map { pixels(z, $0) })
    let largest = blocks.first?.count ?? 0
    let vSize = floats(largest, z.c)
    try Workspace.run(blocks.count, bytes: 4 * (vSize + floats(largest, width))) { i, block in
      var window = z.window
      let (first, tiles) = (blocks[i].lowerBound, blocks[i].count)
      let v = block.assumingMemoryBound(to: Float.self)
      let m = v + vSize
      thresh_winograd_input(&window, z.c, from, first, tiles, tiles, 0, v)
      for panel in 0..<panels {
        let columns = min(width, z.k - panel * width)
        thresh_winograd_products(tiles, z.c, 0, z.c, columns, v, up + panel * size, m, 0)
        winogradOutput(z, finish, m, blocks[i], panel * width, columns, piece: i, to)
      }
    }
    withExtendedLifetime(u) {}
  }

  private func winogradOutput(
    _ z: ConvolutionShape, _ finish: ConvolutionFinish, _ m: UnsafeMutablePointer<Float>,
    _ tiles: Range<Int>, _ column: Int, _ columns: Int, piece: Int,
    _ y: UnsafeMutablePointer<Float>
  ) {
    var window = z.window
    let moments = finish.moments?.piece(piece)
    thresh_winograd_output(
      &window, z.k, m, tiles.lowerBound, tiles.count, column, columns,
      finish.bias?.pointer(Float.self), finish.residual?.pointer(Float.self), Float(finish.low),
      Float(finish.high), moments?.mean, moments?.m2, y)
  }

  private func winogradByPanels(
    _ z: ConvolutionShape, _ x: Tensor, _ filters: WinogradFilters, _ finish: ConvolutionFinish,
    _ width: Int, into y: Tensor
  ) throws {
    let tiles = z.tiles
    let v = try winogradInputs(z, x)
    let (vp, to) = (v.pointer(Float.self), y.pointer(Float.self))
    try finish.moments?.reserve([pixels(z, 0..<tiles)])
    // Filters of one panel, some input channels at a time, stay in the second-level cache.
    let depth = min(z.c, 128)
    let uSize = floats(depth, width)
    let panels = (z.k + width - 1) / width
    try Workspace.run(panels, bytes: 4 * (uSize + floats(tiles, width))) { panel, block in
      let u = block.assumingMemoryBound(to: Float.self)
      let m = u + uSize
      let (column, columns) = (panel * width, min(width, z.k - panel * width))
      for c in stride(from: 0, to: z.c, by: depth) {
        let end = min(z.c, c + depth)
        filters.panel(column, columns, c..<end, u)
        thresh_winograd_products(tiles, z.c, c, end, columns, vp, u, m, c > 0 ? 1 : 0)
      }
      winogradOutput(z, finish, m, 0..<tiles, column, columns, piece: 0, to)
    }
    withExtendedLifetime(v) {}
  }

  /// Input channels that are summed up at a time, evenly cut.
  private func winogradDepths(_ z: ConvolutionShape) -> [Range<Int>] {
    let count = (z.c + 511) / 512
    return Workspace.pieces(z.c, grain: (z.c + count - 1) / count, most: count)
  }

  private func winogradByPlaces(
    _ z: ConvolutionShape, _ x: Tensor, _ filters: WinogradFilters, _ finish: ConvolutionFinish,
    _ width: Int, into y: Tensor
  ) throws {
    let tiles = z.tiles
    let panels = (z.k + width - 1) / width
    let depths = winogradDepths(z)
    let depth = depths.first?.count ?? 0
    let (uSize, mSize) = (floats(depth, width), floats(tiles, width))
    let v = try Tensor(empty: [floats(tiles, depth)], .float32, op: "conv2d")
    let u = try Tensor(empty: [panels, uSize], .float32, op: "conv2d")
    let m = try Tensor(empty: [panels, mSize], .float32, op: "conv2d")
    let (vp, up, mp) = (v.pointer(Float.self), u.pointer(Float.self), m.pointer(Float.self))
    let to = y.pointer(Float.self)
    let mPlace = thresh_winograd_place(tiles, width)
    // Rows whose inputs stay in the second-level cache while all panels pass by.
    let rows = Workspace.pieces(tiles, grain: 96, most: Int.max)
    try finish.moments?.reserve([pixels(z, 0..<tiles)])
    for c in depths {
      winogradInputs(z, x, c, into: v)
      Workers.run(panels) { panel in
        let column = panel * width
        filters.panel(column, min(width, z.k - column), c, up + panel * uSize)
      }
      let vPlace = thresh_winograd_place(tiles, c.count)
      let uPlace = thresh_winograd_place(c.count, width)
      Workers.run(36 * rows.count) { i in
        let (p, r) = (i / rows.count, rows[i % rows.count])
        for panel in 0..<panels {
          var product = thresh_product(
            m: r.count, n: min(width, z.k - panel * width), k: c.count, segments: 1,
            segment_stride: 0, a: vp + p * vPlace + r.lowerBound * c.count, lda: c.count,
            start: nil, low: -.infinity, high: .infinity,
            c: mp + panel * mSize + p * mPlace + r.lowerBound * width, ldc: width,
            accumulate: c.lowerBound > 0 ? 1 : 0)
          thresh_gemm_panels(&product, up + panel * uSize + p * uPlace)
        }
      }
    }
    Workers.run(panels) { panel in
      let column = panel * width
      winogradOutput(
        z, finish, mp + panel * mSize, 0..<tiles, column, min(width, z.k - column), piece: 0, to)
    }
    withExtendedLifetime((v, u, m)) {}
  }

  /// Some input channels of all tiles of the batch, transformed: (36, tiles, channels).
  private func winogradInputs(
    _ z: ConvolutionShape, _ x: Tensor, _ channels: Range<Int>, into v: Tensor
  ) {
    let (from, to) = (x.pointer(Float.self) + channels.lowerBound, v.pointer(Float.self))
    Workers.chunks(of: z.tiles, grain: max(1, 1_024 / channels.count)) { tiles in
      var window = z.window
      thresh_winograd_input(
        &window, channels.count, from, tiles.lowerBound, tiles.count, z.tiles, tiles.lowerBound,
        to)
    }
  }

  private func winogradInputs(_ z: ConvolutionShape, _ x: Tensor) throws -> Tensor {
    let v = try Tensor(empty: [floats(z.tiles, z.c)], .float32, op: "conv2d")
    winogradInputs(z, x, 0..<z.c, into: v)
    return v
  }

  func winogradWeights(_ z: ConvolutionShape, _ x: Tensor, _ dy: Tensor, into dw: Tensor) throws {
    if z.k <= 64 && z.c >= 256 {
      try winogradWeightsByChannels(z, x, dy, into: dw)
    } else if z.c * z.k < 128 * 128 {
      try winogradWeightsByTiles(z, x, dy, into: dw)
    } else {
      // Few tiles make short sums of many filters: then those are what is read once.
      if z.tiles <= 128 {
        try winogradWeightsByFilters(z, x, dy, into: dw)
      } else {
        try winogradWeightsByPlaces(z, x, dy, into: dw)
      }
    }
  }

  /// The gradients of all tiles of the batch, transformed: (36, tiles, K).
  private func winogradGradients(_ z: ConvolutionShape, _ dy: Tensor) throws -> Tensor {
    let m = try Tensor(empty: [floats(z.tiles, z.k)], .float32, op: "conv2d")
    let (gp, to) = (dy.pointer(Float.self), m.pointer(Float.self))
    Workers.chunks(of: z.tiles, grain: max(1, 1_024 / z.k)) { tiles in
      var window = z.window
      thresh_winograd_gradient(
        &window, z.k, gp, tiles.lowerBound, tiles.count, z.tiles, tiles.lowerBound, to)
    }
    return m
  }

  /// Some input channels at a time, each task has one of the 36 places, and sums over all tiles.
  private func winogradWeightsByPlaces(
    _ z: ConvolutionShape, _ x: Tensor, _ dy: Tensor, into dw: Tensor
  ) throws {
    let depths = winogradDepths(z)
    let depth = depths.first?.count ?? 0
    let m = try winogradGradients(z, dy)
    let v = try Tensor(empty: [floats(z.tiles, depth)], .float32, op: "conv2d")
    let du = try Tensor(empty: [floats(z.k, depth)], .float32, op: "conv2d")
    let (vp, mp, up) = (v.pointer(Float.self), m.pointer(Float.self), du.pointer(Float.self))
    let to = dw.pointer(Float.self)
    let mPlace = thresh_winograd_place(z.tiles, z.k)
    // Rows of the sum at a time, so that both sides stay in the second-level cache.
    let rows = 128
    for c in depths {
      winogradInputs(z, x, c, into: v)
      let vPlace = thresh_winograd_place(z.tiles, c.count)
      let place = thresh_winograd_place(z.k, c.count)
      Workers.run(36) { p in
        for first in stride(from: 0, to: z.tiles, by: rows) {
          var product = thresh_product(
            m: z.k, n: c.count, k: min(rows, z.tiles - first), segments: 1, segment_stride: 0,
            a: mp + p * mPlace + first * z.k, lda: z.k, start: nil, low: -.infinity,
            high: .infinity, c: up + p * place, ldc: c.count, accumulate: first > 0 ? 1 : 0)
          thresh_gemm_transposed(&product, vp + p * vPlace + first * c.count, c.count)
        }
      }
      Workers.chunks(of: z.k, grain: max(1, 2_048 / c.count)) { rows in
        thresh_winograd_filter_gradient(
          z.k, rows.lowerBound, rows.upperBound, c.count, z.c, up, to + c.lowerBound)
      }
    }
    withExtendedLifetime((v, m, du)) {}
  }

  /// Each task has some input channels of all filters, whose transformed inputs stay in its cache.
  private func winogradWeightsByChannels(
    _ z: ConvolutionShape, _ x: Tensor, _ dy: Tensor, into dw: Tensor
  ) throws {
    let m = try winogradGradients(z, dy)
    let (xp, mp, to) = (x.pointer(Float.self), m.pointer(Float.self), dw.pointer(Float.self))
    let pieces = Workspace.pieces(z.c, grain: 32)
    let largest = pieces.first?.count ?? 0
    let vSize = floats(z.tiles, largest)
    try Workspace.run(pieces.count, bytes: 4 * (vSize + floats(z.k, largest))) { i, block in
      var window = z.window
      let c = pieces[i]
      let v = block.assumingMemoryBound(to: Float.self)
      let du = v + vSize
      thresh_winograd_input(
        &window, c.count, xp + c.lowerBound, 0, z.tiles, z.tiles, 0, v)
      thresh_winograd_outer(z.tiles, z.k, 0, z.k, c.count, mp, v, du, 0)
      thresh_winograd_filter_gradient(z.k, 0, z.k, c.count, z.c, du, to + c.lowerBound)
    }
    withExtendedLifetime(m) {}
  }

  /// Each task has partial sums of all filters over its tiles.
  private func winogradWeightsByTiles(
    _ z: ConvolutionShape, _ x: Tensor, _ dy: Tensor, into dw: Tensor
  ) throws {
    let size = floats(z.k, z.c)
    let pieces = Workspace.pieces(z.tiles, grain: 2 * CPUBackend.tileBlock, most: 16)
    let partials = try Tensor(empty: [pieces.count, size], .float32, op: "conv2d")
    let (xp, gp, pp) = (
      x.pointer(Float.self), dy.pointer(Float.self), partials.pointer(Float.self)
    )
    let block = CPUBackend.tileBlock * 2
    let vSize = floats(block, z.c)
    try Workspace.run(pieces.count, bytes: 4 * (vSize + floats(block, z.k))) { i, space in
      var window = z.window
      let v = space.assumingMemoryBound(to: Float.self)
      let m = v + vSize
      for first in stride(from: pieces[i].lowerBound, to: pieces[i].upperBound, by: block) {
        let tiles = min(block, pieces[i].upperBound - first)
        thresh_winograd_input(&window, z.c, xp, first, tiles, tiles, 0, v)
        thresh_winograd_gradient(&window, z.k, gp, first, tiles, tiles, 0, m)
        thresh_winograd_outer(
          tiles, z.k, 0, z.k, z.c, m, v, pp + i * size, first == pieces[i].lowerBound ? 0 : 1)
      }
    }
    Workers.chunks(of: size, grain: 16_384) { range in
      for piece in 1..<pieces.count {
        thresh_add_into_float(
          pp + range.lowerBound, pp + piece * size + range.lowerBound, range.count)
      }
    }
    let to = dw.pointer(Float.self)
    Workers.chunks(of: z.k, grain: max(1, 2_048 / z.c)) { rows in
      thresh_winograd_filter_gradient(
        z.k, rows.lowerBound, rows.upperBound, z.c, z.c, pp, to)
    }
    withExtendedLifetime(partials) {}
  }

  /// Each task has some filters, and sums over all tiles.
  private func winogradWeightsByFilters(
    _ z: ConvolutionShape, _ x: Tensor, _ dy: Tensor, into dw: Tensor
  ) throws {
    let v = try winogradInputs(z, x)
    let m = try winogradGradients(z, dy)
    let (vp, mp, to) = (v.pointer(Float.self), m.pointer(Float.self), dw.pointer(Float.self))
    let pieces = Workspace.pieces(z.k, grain: 32, most: 64)
    let largest = pieces.first?.count ?? 0
    try Workspace.run(pieces.count, bytes: 4 * floats(largest, z.c)) { i, block in
      let du = block.assumingMemoryBound(to: Float.self)
      let (k, rows) = (pieces[i].lowerBound, pieces[i].count)
      thresh_winograd_outer(z.tiles, z.k, k, rows, z.c, mp, vp, du, 0)
      thresh_winograd_filter_gradient(rows, 0, rows, z.c, z.c, du, to + k * 9 * z.c)
    }
    withExtendedLifetime((v, m)) {}
  }
}
