// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshCOCO

@Test func columns_ofNothing_areEmpty() {
  #expect(Annotations().objects.count == 0 && Detections().count == 0)
}
