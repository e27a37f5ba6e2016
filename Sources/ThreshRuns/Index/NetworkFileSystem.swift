// SPDX-License-Identifier: Apache-2.0
import CSQLite
import Glibc

/// File systems whose files other machines reach too: SQLite's locks and shared memory do not.
public enum NetworkFileSystem {
  /// The kind of network file system that a path is on; nil for a local one and where it is not told.
  public static func name(of path: String) -> String? {
    var status = statfs()
    guard statfs(path, &status) == 0 else { return nil }
    return name(ofType: UInt32(truncatingIfNeeded: status.f_type))
  }

  /// By the number that the kernel gives each kind (statfs(2)).
  static func name(ofType type: UInt32) -> String? { names[type] }

  private static let names: [UInt32: String] = [
    0x6969: "NFS", 0x517b: "SMB", 0xff53_4d42: "CIFS", 0xfe53_4d42: "SMB2", 0x0bd0_0bd0: "Lustre",
    0x6573_5546: "FUSE", 0x4750_4653: "GPFS", 0x5346_414f: "AFS", 0x6b41_4653: "AFS",
    0x00c3_6400: "Ceph", 0x0102_1997: "9P", 0x7461_636f: "OCFS2", 0x0116_1970: "GFS2",
    0x1983_0326: "BeeGFS", 0xaad7_aaea: "PanFS", 0x7375_7245: "Coda", 0x564c: "NCP",
    0x2030_528a: "OrangeFS",
  ]
}
