using System.Collections.Concurrent;
using CrmPortal.Core.Verification;

namespace CrmPortal.Tests.Support;

/// <summary>Stands for the letters that the web program words, and keeps what was in them.</summary>
internal sealed class TestCustomerLetters : ICustomerLetters
{
    public ConcurrentQueue<(string Token, string Code)> Emails { get; } = [];

    public ConcurrentQueue<string> Tokens { get; } = [];

    public ConcurrentQueue<string> PhoneCodes { get; } = [];

    public (string Subject, string Text) ConfirmEmail(LetterReader reader, string token, string code)
    {
        Emails.Enqueue((token, code));
        return ("Confirm", token);
    }

    public (string Subject, string Text) ConfirmConsent(LetterReader reader, string token, string? wording)
    {
        Tokens.Enqueue(token);
        return ("Consent", token);
    }

    public (string Subject, string Text) Preferences(LetterReader reader, string token)
    {
        Tokens.Enqueue(token);
        return ("Preferences", token);
    }

    public ConcurrentQueue<string> Loyalty { get; } = [];

    public (string Subject, string Text) TierEnds(LetterReader reader, string tier, string next, DateOnly day) =>
        ("Tier", Kept(FormattableString.Invariant($"{reader.Name}: {tier} to {next} on {day:yyyy-MM-dd}")));

    public (string Subject, string Text) PointsExpire(LetterReader reader, long points, DateOnly day) =>
        ("Points", Kept(FormattableString.Invariant($"{reader.Name}: {points} until {day:yyyy-MM-dd}")));

    private string Kept(string text)
    {
        Loyalty.Enqueue(text);
        return text;
    }

    public string PhoneCode(LetterReader reader, string code)
    {
        PhoneCodes.Enqueue(code);
        return code;
    }

    public Uri PreferencesPage(string token)
    {
        Tokens.Enqueue(token);
        return new("https://crm.example/preferences/" + token);
    }
}

/// <summary>Keeps short messages, or fails.</summary>
internal sealed class TestSms : ISmsSender
{
    public bool IsReady { get; set; } = true;

    public bool IsDown { get; set; }

    public ConcurrentQueue<(string To, string Text)> Sent { get; } = [];

    public Task SendAsync(string to, string text, CancellationToken cancellationToken)
    {
        if (IsDown) throw new SmsException("The gateway is down.");
        Sent.Enqueue((to, text));
        return Task.CompletedTask;
    }
}
