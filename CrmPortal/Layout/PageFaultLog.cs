namespace CrmPortal.Layout;

internal static partial class PageFaultLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A page failed; the user was shown the number {Number}")]
    public static partial void Write(ILogger logger, string number, Exception fault);
}
