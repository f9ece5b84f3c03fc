using System.Globalization;

namespace CrmPortal.Core.Platform.Backup;

internal static class FreeSpace
{
    /// <exception cref="BackupException">The disk of the folder has fewer bytes free.</exception>
    public static void Demand(string folder, long bytes)
    {
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent) folder = parent;
        var free = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;
        if (bytes > free)
            throw new BackupException(string.Create(CultureInfo.InvariantCulture,
            $"{bytes >> 20} MB are needed in {folder}, where {free >> 20} MB are free."));
    }
}
