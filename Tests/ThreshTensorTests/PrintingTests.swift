// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

@Test func description_matrix_alignsBracketsAndDigits() throws {
  let t = try Tensor([0.5, 1, 2, -1.5, 1.5, 4] as [Float], [2, 3])
  #expect(
    "\(t)" == """
      Tensor f32 (2, 3)  min -1.5 max 4 mean 1.25
      [[ 0.5,  1.0,  2.0],
       [-1.5,  1.5,  4.0]]
      """)
  try t.requireGrad()
  #expect(t.description.hasPrefix("Tensor f32 (2, 3) requires_grad  min -1.5 "))
}

@Test func description_scalarsAndEmpty_areOneLine() throws {
  #expect(try Tensor.scalar(3.5).description == "Tensor f32 ()  3.5")
  #expect(try Tensor.scalar(.nan, .float64).description == "Tensor f64 ()  nan")
  #expect(try Tensor([Int64.max], []).description == "Tensor i64 ()  9223372036854775807")
  #expect(try Tensor.zeros([0, 3]).description == "Tensor f32 (0, 3)  []")
}

@Test func description_integersAndBools_arePlain() throws {
  #expect(
    try Tensor([1, -20, 300] as [Int32]).description == """
      Tensor i32 (3,)  min -20 max 300 mean 93.7
      [  1, -20, 300]
      """)
  #expect(
    try Tensor([true, false]).description == """
      Tensor bool (2,)  1 true
      [ true, false]
      """)
  let cube = try Tensor((0..<8).map { UInt8($0) }, [2, 2, 2])
  #expect(
    cube.description == """
      Tensor u8 (2, 2, 2)  min 0 max 7 mean 3.5
      [[[0, 1],
        [2, 3]],

       [[4, 5],
        [6, 7]]]
      """)
}

@Test func description_notFinite_isCountedAndShown() throws {
  #expect(
    try Tensor([1, .nan, -.infinity, 2] as [Float]).description == """
      Tensor f32 (4,)  min 1 max 2 mean 1.5 nan 1 inf 1
      [  1.,  nan, -inf,   2.]
      """)
  #expect(
    try Tensor([.nan] as [Float]).description == "Tensor f32 (1,)  nan 1\n[nan]")
}

@Test func description_digits_followTheElements() throws {
  func body(_ values: [Double]) throws -> String {
    String(try Tensor(values).description.split(separator: "\n")[1])
  }
  #expect(try body([0.1, 12.25]) == "[ 0.10, 12.25]")
  #expect(try body([1.0 / 3, 2]) == "[0.3333, 2.0000]")
  #expect(try body([1e-6, 1.5]) == "[1e-06,   1.5]")
  #expect(try body([1e-6, 0]) == "[1.0000e-06, 0.0000e+00]")
  #expect(try body([1234.567, 1]) == "[1234.57,    1.00]")
  #expect(try body([1e12, 1]) == "[1.0000e+12, 1.0000e+00]")
  #expect(try body([100000, -3]) == "[100000.,     -3.]")
}

@Test func description_manyElements_showsThreeAtEachEnd() throws {
  let t = try Tensor((0..<2000).map { Int64($0) }, [50, 40])
  #expect(
    t.description == """
      Tensor i64 (50, 40)  min 0 max 1999 mean 1e+03
      [[   0,    1,    2, …,   37,   38,   39],
       [  40,   41,   42, …,   77,   78,   79],
       [  80,   81,   82, …,  117,  118,  119],
       …,
       [1880, 1881, 1882, …, 1917, 1918, 1919],
       [1920, 1921, 1922, …, 1957, 1958, 1959],
       [1960, 1961, 1962, …, 1997, 1998, 1999]]
      """)
  #expect(t.describe(full: true).split(separator: ",").count > 2000)
  // The cells' width follows from the shown elements alone.
  let hidden = try Tensor((0..<2000).map { $0 == 1000 ? Float(12345.5) : 1 })
  #expect(hidden.description.hasSuffix("[1., 1., 1., …, 1., 1., 1.]"))
}

@Test func description_hugeTensor_isNotScanned() throws {
  let t = try Tensor.ones([1001, 1000])
  #expect(t.description.hasPrefix("Tensor f32 (1001, 1000)\n[[1., "))
  #expect(try t.narrow(0, 0, 1000).description.hasPrefix("Tensor f32 (1000, 1000)  min 1 max 1 "))
}

@Test func description_longRow_wrapsWithinWidth() throws {
  let t = try Tensor((0..<30).map { Int64($0) }, [1, 30])
  let lines = t.describe(width: 30).split(separator: "\n").dropFirst()
  #expect(lines.first == "[[ 0,  1,  2,  3,  4,  5,  6,")
  #expect(lines.dropFirst().first == "   7,  8,  9, 10, 11, 12, 13,")
  #expect(lines.allSatisfy { $0.count <= 30 })
}

@Test func description_transposedView_readsThroughStrides() throws {
  let t = try Tensor([1, 2, 3, 4, 5, 6] as [Int64], [2, 3]).t().narrow(0, 1, 2)
  #expect(t.description.hasSuffix("[[2, 5],\n [3, 6]]"))
}
