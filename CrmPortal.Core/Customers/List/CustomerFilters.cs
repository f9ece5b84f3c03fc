using System.Linq.Expressions;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Customers;

/// <summary>The fields by which customers are filtered: in lists, saved views, bulk actions and the API.</summary>
public static class CustomerFilters
{
    /// <summary>The field of segments: rules within rules.</summary>
    public const string Segment = "segment";

    /// <summary>The field of groups: who is in them by their rows.</summary>
    public const string Group = "group";

    /// <summary>The fields of what is on paid orders.</summary>
    public const string BoughtProduct = "bought_product";

    /// <summary><inheritdoc cref="BoughtProduct"/></summary>
    public const string BoughtCategory = "bought_category";

    /// <summary><inheritdoc cref="BoughtProduct"/></summary>
    public const string BoughtBrand = "bought_brand";

    /// <summary>How a ticket came, as filters write it.</summary>
    public static IReadOnlyList<string> TicketChannels { get; } = ["web", "email", "chat", "phone", "api"];

    public static FilterCatalogue<Customer> Catalogue { get; } = new FilterCatalogue<Customer>()
        .Choice("status", "Status", c => c.Status)
        .Text("block_reason", "Block reason", c => c.BlockReason, v => v)
        .Text("inactive_reason", "Deactivation reason", c => c.InactiveReason, v => v)
        .YesNo("vip", "VIP", c => c.IsVip)
        .Text("vip_reason", "Reason for VIP", c => c.VipReason, v => v)
        .Tags("tags", "Tags", key => c => c.Tags.Any(t => t.Tag!.NameKey == key),
            keys => c => c.Tags.Any(t => keys.Contains(t.Tag!.NameKey)))
        .Choice("subscription", "Subscription", c => c.Subscription)
        .Choice("source", "Source", c => c.Source)
        .Group("Status and tags")
        .Related("given_name", "First name", v => v, name => c => c.GivenName == name, GivenNameStarts, c => c.GivenName != null)
        .Related("family_name", "Last name", v => v, name => c => c.FamilyName == name, FamilyNameStarts, c => c.FamilyName != null)
        .Text("preferred_name", "Preferred name", c => c.PreferredName, v => v)
        .Text("display_name", "Name", c => c.DisplayName, v => v,
            masked: c => c.PreferredName != null || c.GivenName != null || c.FamilyName != null ? c.DisplayName : c.ExternalId ?? c.Number)
        .Choice("gender", "Gender", c => c.Gender)
        .Anniversary("birthday", "Birthday", c => c.Birthday, isSensitive: true)
        .Day("date_of_birth", "Date of birth", c => c.DateOfBirth, isSensitive: true)
        .Age("age", "Age", c => c.DateOfBirth, isSensitive: true)
        .Text("language", "Language", c => c.Language, v => v)
        .Text("currency", "Currency", c => c.Currency, v => v.ToUpperInvariant())
        .Text("time_zone", "Time zone", c => c.TimeZone, v => v)
        .Text("external_id", "External id", c => c.ExternalId, v => v)
        .Group("Person")
        .Text("email", "E-mail", c => c.EmailKey, v => v.ToLowerInvariant(), isSensitive: true, isNeverBlank: true)
        .YesNo("email_verified", "E-mail verified", c => c.EmailVerifiedAt != null)
        .Text("phone", "Phone", c => c.Phone, v => PhoneNumber.TryNormalize(v, null, out var e164) ? e164 : v, isSensitive: true)
        .YesNo("phone_verified", "Phone verified", c => c.PhoneVerifiedAt != null)
        .YesNo("email_marketing", "E-mail advertising allowed", c => c.EmailMarketing)
        .YesNo("sms_marketing", "SMS advertising allowed", c => c.SmsMarketing)
        .Choices("wanted_messages", "Message preferences", Wishes(), Wants, c => c.CommunicationPreferences.Count > 0)
        .Related("preference", "Preference (type/key=value)", v => v, wish => c => c.Preferences.Any(p => p.Type + "/" + p.Key == wish
            || p.Type + "/" + p.Key + "=" + p.Value == wish),
            wish => c => c.Preferences.Any(p => (p.Type + "/" + p.Key + "=" + p.Value).StartsWith(wish)), c => c.Preferences.Count > 0)
        .YesNo("has_contact_hours", "Has contact hours", c => c.ContactFrom != null && c.ContactUntil != null)
        .Related("agent", "Preferred agent", v => v, name => c => c.PreferredAgent!.DisplayName == name,
            name => c => c.PreferredAgent!.DisplayName.StartsWith(name), c => c.PreferredAgentId != null)
        .Group("Contact")
        .Related("city", "City", Address.FoldCity, city => c => c.Addresses.Any(a => a.CityKey == city),
            city => c => c.Addresses.Any(a => a.CityKey.StartsWith(city)), c => c.Addresses.Count > 0)
        .Related("country", "Country", v => v.ToUpperInvariant(), country => c => c.Country == country
            || c.Addresses.Any(a => a.Country == country),
            country => c => (c.Country != null && c.Country.StartsWith(country)) || c.Addresses.Any(a => a.Country.StartsWith(country)),
                c => c.Country != null || c.Addresses.Count > 0)
        .Related("state", "State or county", v => v, state => c => c.Addresses.Any(a => a.State == state),
            state => c => c.Addresses.Any(a => a.State!.StartsWith(state)), c => c.Addresses.Any(a => a.State != null))
        .Related("postal_code", "Postal code", v => v.ToUpperInvariant(), code => c => c.Addresses.Any(a => a.PostalCode == code),
            code => c => c.Addresses.Any(a => a.PostalCode!.StartsWith(code)), c => c.Addresses.Any(a => a.PostalCode != null))
        .Group("Address")
        .Date("created", "Created", c => c.CreatedAt)
        .Date("first_contact", "First contact", c => c.FirstContactAt)
        .Date("interaction", "Last interaction", c => c.LastInteractionAt)
        .Date("updated", "Last change", c => c.UpdatedAt)
        .Derived("engagement", "Engagement", Engagement.Levels)
        .Group("Dates")
        .Number("orders", "Orders", c => c.OrderCount)
        .Amount("spent", "Spent", c => c.TotalSpent)
        .Amount("average_order", "Average order", c => c.AverageOrder)
        .Date("first_order", "First order", c => c.FirstOrderAt)
        .Date("last_order", "Last order", c => c.LastOrderAt)
        .Group("Orders")
        .Beside<BoughtProduct>(BoughtProduct, "Bought product", c => c.Id, p => p.CustomerId, text => p => p.Name == text || p.Code == text,
            text => p => p.Name.StartsWith(text) || p.Code.StartsWith(text), _ => true)
        .Beside<BoughtProduct>(BoughtCategory, "Bought category", c => c.Id, p => p.CustomerId, text => p => p.Category == text,
            text => p => p.Category!.StartsWith(text), p => p.Category != null)
        .Beside<BoughtProduct>(BoughtBrand, "Bought brand", c => c.Id, p => p.CustomerId, text => p => p.Brand == text,
            text => p => p.Brand!.StartsWith(text), p => p.Brand != null)
        .Group("Orders", Permissions.OrdersView)
        .Choices("rfm_segment", "RFM segment", RfmSegments.ByCode, segments => c => c.Score != null && segments.Contains(c.Score.Segment),
            c => c.Score != null)
        .Number("recency_score", "Recency score", c => (int?)c.Score!.Recency)
        .Number("frequency_score", "Frequency score", c => (int?)c.Score!.Frequency)
        .Number("monetary_score", "Monetary score", c => (int?)c.Score!.Monetary)
        .Amount("expected_value", "Expected value", c => (long?)c.Forecast!.Value)
        .Fraction("alive", "Still a customer (share from 0 to 1)", c => c.Forecast!.Alive)
        .Group("Segments")
        .Kept(Segment, "Segment")
        .Members(Group, "Group", ids => c => c.Memberships.Any(m => ids.Contains(m.SegmentId) && m.Until == null))
        .Group("Segments", Permissions.SegmentsView)
        .Number("points", "Points", c => c.Points)
        .Code("tier", "Tier", c => c.Tier, Customer.UsualTiers)
        .Text("loyalty_card", "Loyalty card", c => c.LoyaltyCard, v => v)
        .Group("Loyalty")
        .YesNo("has_contacts", "Has contact persons", c => c.ContactPersons.Count > 0)
        .Choices<RelationshipKind>("relationship", "Related customers", IsTiedTo,
            c => c.Relationships.Any(r => r.Other!.DeletedAt == null) || c.RelationshipsOfOthers.Any(r => r.Customer!.DeletedAt == null))
        .Occasions("important_day", "Important date", c => c.ImportantDates, d => d.Day, d => (d.Day.Month * 100) + d.Day.Day,
            d => d.IsYearly)
        .Related("important_day_label", "Occasion", v => v, label => c => c.ImportantDates.Any(d => d.Label == label),
            label => c => c.ImportantDates.Any(d => d.Label.StartsWith(label)),
            c => c.ImportantDates.Count > 0)
        .YesNo("has_notes", "Has notes", c => c.Notes.Any(n => !n.IsPrivate))
        .YesNo("has_pinned_notes", "Has pinned notes", c => c.Notes.Any(n => n.IsPinned && !n.IsPrivate))
        .Group("Relationships and contacts")
        .YesNo("has_documents", "Has documents", c => c.Documents.Any(d => d.DeletedAt == null))
        .Choices<DocumentKind>("document_kind", "Document type", kinds => c => c.Documents.Any(d => d.DeletedAt == null
            && kinds.Contains(d.Kind)), c => c.Documents.Any(d => d.DeletedAt == null))
        .Choices<DocumentStatus>("document_status", "Document check", states => c => c.Documents.Any(d => d.DeletedAt == null
            && states.Contains(d.Status)), c => c.Documents.Any(d => d.DeletedAt == null))
        .DaysOf("document_expires", "Document expiry", c => c.Documents, d => d.ExpiresOn, d => d.DeletedAt == null)
        .Group("Documents", Permissions.DocumentsView)
        .Number("open_tickets", "Unsolved tickets", c => c.OpenTickets)
        .CountOf<CustomerTicket>("tickets", "Tickets", c => c.Id, t => t.CustomerId, _ => _ => true)
        .CountOf<CustomerTicket>("tickets_30", "Tickets in 30 days", c => c.Id, t => t.CustomerId, Since(30))
        .CountOf<CustomerTicket>("tickets_90", "Tickets in 90 days", c => c.Id, t => t.CustomerId, Since(90))
        .CountOf<CustomerTicket>("tickets_365", "Tickets in 365 days", c => c.Id, t => t.CustomerId, Since(365))
        .LastOf<CustomerTicket>("last_ticket", "Last ticket", c => c.Id, t => t.CustomerId, t => t.CreatedAt)
        .AnyOf<CustomerTicket>("open_complaint", "Has an open complaint", c => c.Id, t => t.CustomerId, t => t.IsUnsolved && t.IsComplaint)
        .AnyOf<CustomerTicket>("missed_target", "A target was missed", c => c.Id, t => t.CustomerId, t => t.IsLate)
        .Beside<CustomerTicket>("ticket_queue", "Ticket in queue", c => c.Id, t => t.CustomerId, IsInQueue, IsInQueueThatStarts, _ => true)
        .ChoiceOf<CustomerTicket>("ticket_channel", "Ticket by channel", TicketChannels, c => c.Id, t => t.CustomerId,
            channels => t => channels.Contains(t.Channel))
        .Beside<CustomerTicket>("ticket_tag", "Ticket with tag", c => c.Id, t => t.CustomerId, text => IsTagged($"\n{Folded(text)}\n"),
            text => IsTagged($"\n{Folded(text)}"), t => t.Tags != "")
        .NumberOf<CustomerRating>("last_rating", "Last rating", c => c.Id, r => r.CustomerId, r => r.Score, r => r.IsLast)
        .MeanOf<CustomerRating>("mean_rating", "Mean rating", c => c.Id, r => r.CustomerId, r => r.Score)
        .Group("Tickets", Permissions.TicketsWork)
        .Fallback(CustomFieldFilters.Build);

    /// <summary>The fields of every shop, and those that this one added.</summary>
    public static FilterCatalogue<Customer> With(IEnumerable<CustomFieldDetails> fields) =>
        Catalogue.With(CustomFieldFilters.Fields(fields), "Custom fields");

    /// <summary>The same, with the segments and groups of this shop to choose from.</summary>
    public static FilterCatalogue<Customer> With(IEnumerable<CustomFieldDetails> fields, IReadOnlyDictionary<string, string> segments,
        IReadOnlyDictionary<string, string> groups)
    {
        var catalogue = With(fields);
        return catalogue.Showing([Chosen(Segment, segments), Chosen(Group, groups)]);

        FilterField Chosen(string name, IReadOnlyDictionary<string, string> names) =>
            catalogue.Find(name)! with { Choices = [.. names.Keys], ChoiceNames = names };
    }

    private static Func<FilterContext, Expression<Func<CustomerTicket, bool>>> Since(int days) => context =>
    {
        var start = context.DaysAgo(days);
        return t => t.CreatedAt >= start;
    };

    private static string Folded(string typed) => typed.Trim().ToLowerInvariant();

    private static Expression<Func<CustomerTicket, bool>> IsInQueue(string typed)
    {
        var name = Folded(typed);
        return t => t.Queue == name;
    }

    private static Expression<Func<CustomerTicket, bool>> IsInQueueThatStarts(string typed)
    {
        var start = Folded(typed);
        return t => t.Queue.StartsWith(start);
    }

    private static Expression<Func<CustomerTicket, bool>> IsTagged(string marked) => t => t.Tags.Contains(marked);

    /// <summary>Beginnings are folded as the search folds them: the searched text begins with the given name, where there is one.</summary>
    private static Expression<Func<Customer, bool>> GivenNameStarts(string typed)
    {
        var folded = SearchText.Fold(typed).Trim();
        if (folded.Length == 0) return _ => false;
        // Of a beginning with a blank in it, the rest must not be that of the other name.
        var (start, least) = (" " + folded, folded.Contains(' ', StringComparison.Ordinal) ? folded.Length : 1);
        return c => c.GivenName != null && c.NameText.StartsWith(start) && c.GivenName.Length >= least;
    }

    /// <summary>The text that is sorted by begins with the family name, where there is one.</summary>
    private static Expression<Func<Customer, bool>> FamilyNameStarts(string typed)
    {
        var start = SearchText.Fold(typed).Trim();
        if (start.Length == 0) return _ => false;
        var least = start.Contains(' ', StringComparison.Ordinal) ? start.Length : 1;
        return c => c.FamilyName != null && c.SortName.StartsWith(start) && c.FamilyName.Length >= least;
    }

    /// <summary>Every kind of message by every channel, written as email_newsletter.</summary>
    private static Dictionary<string, (Channel Channel, MessageKind Kind)> Wishes() =>
        (from channel in Enum.GetValues<Channel>() from kind in Enum.GetValues<MessageKind>() select (channel, kind))
            .ToDictionary(w => $"{w.channel}_{w.kind}".ToLowerInvariant());

    private static Expression<Func<Customer, bool>> Wants(List<(Channel Channel, MessageKind Kind)> wishes)
    {
        Expression<Func<Customer, IEnumerable<CommunicationPreference>>> said = c => c.CommunicationPreferences;
        var isOne = wishes.Select(Is).Aggregate((left, right) => left.Joined(right, Expression.OrElse));
        return said.Having(isOne.Joined(p => p.IsOptedIn, Expression.AndAlso));

        static Expression<Func<CommunicationPreference, bool>> Is((Channel Channel, MessageKind Kind) wish)
        {
            var (channel, kind) = wish;
            return p => p.Channel == channel && p.Kind == kind;
        }
    }

    /// <summary>Ties are said from one side; from the other one each is its converse.</summary>
    private static Expression<Func<Customer, bool>> IsTiedTo(List<RelationshipKind> kinds)
    {
        var converse = kinds.ConvertAll(Relationship.ConverseOf);
        return c => c.Relationships.Any(r => kinds.Contains(r.Kind) && r.Other!.DeletedAt == null)
            || c.RelationshipsOfOthers.Any(r => converse.Contains(r.Kind) && r.Customer!.DeletedAt == null);
    }
}
