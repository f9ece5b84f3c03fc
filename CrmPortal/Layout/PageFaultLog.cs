namespace CrmPortal.Layout;

internal static partial class PageFaultLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A page failed; the user was shown the number {Number}")]
    public static partial void Write(ILogger logger, string number, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "A component of the library failed outside of what a page waits for")]
    public static partial void WriteOfLibrary(ILogger logger, Exception fault);
}
