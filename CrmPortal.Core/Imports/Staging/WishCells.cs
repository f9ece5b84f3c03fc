using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Imports;

/// <summary>Reads what a row says of advertising.</summary>
internal sealed class WishCells(RowReader row)
{
    private static readonly (string Field, Channel Channel, bool IsObjection)[] All =
    [
        (ImportFields.ConsentEmail, Channel.Email, false), (ImportFields.ConsentSms, Channel.Sms, false),
        (ImportFields.ConsentWhatsapp, Channel.Whatsapp, false), (ImportFields.ConsentPhone, Channel.Phone, false),
        (ImportFields.ObjectionEmail, Channel.Email, true), (ImportFields.ObjectionSms, Channel.Sms, true),
        (ImportFields.ObjectionPhone, Channel.Phone, true),
    ];

    private readonly (string Field, Channel Channel, bool IsObjection)[] _fields = [.. All.Where(f => row.Has(f.Field))];

    /// <summary>When people opted in, where that alone says that they did.</summary>
    private readonly bool _isTimeConsent = row.Has(ImportFields.ConsentAt) && !row.Has(ImportFields.ConsentEmail);

    /// <summary>Whether the plan has any such column.</summary>
    public bool Any => _fields.Length > 0 || _isTimeConsent;

    /// <param name="at">When the consent was given, where the file says so.</param>
    public List<StagedWish>? Read(DateTimeOffset? at)
    {
        if (!Any) return null;
        var wishes = new List<StagedWish>();
        foreach (var (field, channel, isObjection) in _fields)
        {
            if (row.Optional(field, 60) is not { } text || Placeholder.Is(text)) continue;
            if (ValueReader.YesNo(text) is not { } isYes) row.Skip(Skipped.YesNo, field, text);
            else if (isObjection ? isYes : !isYes && IsObjection(text)) Add(channel, false);
            // A plain "no" says that nobody asked, and is neither.
            else if (!isObjection && isYes) Add(channel, true);
        }

        if (_isTimeConsent && at is not null) Add(Channel.Email, true);
        return wishes.Count > 0 ? wishes : null;

        void Add(Channel channel, bool isGiven)
        {
            // An objection counts more than a consent in the same row.
            if (wishes.Find(w => w.Channel == channel) is { } known)
            {
                if (!known.IsGiven || isGiven) return;
                wishes.Remove(known);
            }

            wishes.Add(new(channel, isGiven));
        }
    }

    private static bool IsObjection(string text) => SearchText.Fold(text) is "unsubscribed" or "opted out" or "opted_out" or "optout";
}
