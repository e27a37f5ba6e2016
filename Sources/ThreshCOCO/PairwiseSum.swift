// SPDX-License-Identifier: Apache-2.0

/// numpy's sum of doubles: pairwise over blocks of 128, eight running sums in each, so that means have
/// the reference's bits (`pairwise_sum_DOUBLE` of numpy's loops).
func pairwiseSum(_ values: UnsafeBufferPointer<Double>) -> Double {
  let n = values.count
  if n < 8 {
    var sum = 0.0
    for value in values { sum += value }
    return sum
  }
  if n > 128 {
    let half = n / 2 / 8 * 8
    return pairwiseSum(UnsafeBufferPointer(rebasing: values[..<half]))
      + pairwiseSum(UnsafeBufferPointer(rebasing: values[half...]))
  }
  var r = (
    values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7]
  )
  var i = 8
  while i < n - n % 8 {
    r.0 += values[i]
    r.1 += values[i + 1]
    r.2 += values[i + 2]
    r.3 += values[i + 3]
    r.4 += values[i + 4]
    r.5 += values[i + 5]
    r.6 += values[i + 6]
    r.7 += values[i + 7]
    i += 8
  }
  var sum = ((r.0 + r.1) + (r.2 + r.3)) + ((r.4 + r.5) + (r.6 + r.7))
  while i < n {
    sum += values[i]
    i += 1
  }
  return sum
}

/// numpy's mean of the values above -1; -1 when there are none.
func meanOfDefined(_ values: [Double]) -> Double {
  let defined = values.filter { $0 > -1 }
  guard !defined.isEmpty else { return -1 }
  return defined.withUnsafeBufferPointer(pairwiseSum) / Double(defined.count)
}
