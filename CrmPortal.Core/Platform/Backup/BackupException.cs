namespace CrmPortal.Core.Platform.Backup;

/// <summary>A backup cannot be made or restored; the message says why in a sentence, and nothing was changed.</summary>
public class BackupException(string message, Exception? inner = null) : Exception(message, inner);
