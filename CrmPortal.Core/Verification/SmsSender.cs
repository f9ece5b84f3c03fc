namespace CrmPortal.Core.Verification;

/// <summary>Hands one short message on.</summary>
public interface ISmsSender
{
    /// <summary>Whether there is a way to send any.</summary>
    bool IsReady { get; }

    /// <exception cref="SmsException">It could not be sent.</exception>
    Task SendAsync(string to, string text, CancellationToken cancellationToken);
}

/// <summary>A short message could not be sent.</summary>
public sealed class SmsException(string message, Exception? cause = null) : Exception(message, cause);
