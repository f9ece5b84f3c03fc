using CrmPortal.Core.Tickets;

namespace CrmPortal.Tests.Support;

/// <summary>Stands for the mails that ask how it was, which the web program words: the text is the rating and its signature.</summary>
internal sealed class TestSurveyLetters : ISurveyLetters
{
    public (string Subject, string Text) Write(string ticket, string subject, string language, long ratingId, string signature) =>
        ($"Survey {ticket}", FormattableString.Invariant($"{ratingId} {signature}"));
}
