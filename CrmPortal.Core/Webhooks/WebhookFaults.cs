namespace CrmPortal.Core.Webhooks;

/// <summary>Why an attempt failed, in sentences that are keys of the texts.</summary>
internal static class WebhookFaults
{
    public const string NotPublic = "The address leads to a network that is not public.";
    public const string NoSuchHost = "The name of the server is not known.";
    public const string Unreachable = "The server cannot be reached.";
    public const string NoEncryption = "The encrypted connection could not be made.";
    public const string TooSlow = "The server did not answer in time.";
    public const string BadRedirect = "The server redirects to an address that is not allowed, or too often.";
    public const string Refused = "The server did not answer with success.";
    public const string NoAnswer = "The server's answer cannot be read.";
}
