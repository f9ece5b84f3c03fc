namespace CrmPortal.Core.Platform.Data;

/// <summary>What the operating system says of a disk without room.</summary>
public static class DiskSpace
{
    /// <summary>With less than this nothing of use can be written any more: a page of the database, its log, a small document.</summary>
    public const long Least = 1024 * 1024;

    private const int NoSpaceLeft = 28; // ENOSPC
    private const int QuotaReached = 122; // EDQUOT
    private const int HandleDiskFull = unchecked((int)0x80070027);
    private const int DiskFull = unchecked((int)0x80070070);

    /// <summary>Whether a file could not be written because its disk has no room.</summary>
    public static bool IsFull(Exception fault) =>
        fault.GetBaseException() is IOException { HResult: NoSpaceLeft or QuotaReached or HandleDiskFull or DiskFull };

    /// <summary>How many bytes can be written to the disk of a folder.</summary>
    public static long FreeAt(string folder) => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
}
