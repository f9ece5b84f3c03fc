namespace CrmPortal.Core.Verification;

/// <summary>The recipient of a message and their language.</summary>
public sealed record LetterReader(string Name, string Language);

/// <summary>Words what customers are sent. Links are made of tokens here, since only the web program knows where it is reached.</summary>
public interface ICustomerLetters
{
    /// <summary>Asks to confirm an e-mail by a link or by six digits.</summary>
    (string Subject, string Text) ConfirmEmail(LetterReader reader, string token, string code);

    /// <summary>Asks to confirm a consent.</summary>
    /// <param name="wording">What is agreed to, where there is a text for it.</param>
    (string Subject, string Text) ConfirmConsent(LetterReader reader, string token, string? wording);

    /// <summary>Shows the way to the customer's own preferences.</summary>
    (string Subject, string Text) Preferences(LetterReader reader, string token);

    /// <summary>Tells that a tier will be lost.</summary>
    /// <param name="next">The tier that will hold then.</param>
    /// <param name="day">The first day without it.</param>
    (string Subject, string Text) TierEnds(LetterReader reader, string tier, string next, DateOnly day);

    /// <summary>Reminds of points that expire.</summary>
    /// <param name="day">The last day on which the first of them can be spent.</param>
    (string Subject, string Text) PointsExpire(LetterReader reader, long points, DateOnly day);

    /// <summary>The six digits for a phone, in one short line.</summary>
    string PhoneCode(LetterReader reader, string code);

    /// <summary>The address of the page of a customer's preferences.</summary>
    Uri PreferencesPage(string token);
}
