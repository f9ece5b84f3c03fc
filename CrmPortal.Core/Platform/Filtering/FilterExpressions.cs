using System.Linq.Expressions;

namespace CrmPortal.Core.Platform.Filtering;

internal static class FilterExpressions
{
    public static Expression<Func<T, bool>> Joined<T>(this Expression<Func<T, bool>> left, Expression<Func<T, bool>> right,
        Func<Expression, Expression, Expression> join) =>
        Expression.Lambda<Func<T, bool>>(join(left.Body, right.Body.Replaced(right.Parameters[0], left.Parameters[0])), left.Parameters);

    public static Expression<Func<T, bool>> Negated<T>(this Expression<Func<T, bool>> predicate) =>
        Expression.Lambda<Func<T, bool>>(Expression.Not(predicate.Body), predicate.Parameters);

    /// <summary>Whether one of the rows fits.</summary>
    public static Expression<Func<T, bool>> Having<T, TRow>(this Expression<Func<T, IEnumerable<TRow>>> rows,
        Expression<Func<TRow, bool>> fits) =>
        Expression.Lambda<Func<T, bool>>(Expression.Call(typeof(Enumerable), nameof(Enumerable.Any), [typeof(TRow)], rows.Body, fits),
            rows.Parameters);

    public static Expression Replaced(this Expression expression, ParameterExpression parameter, Expression by) =>
        new Replacement(parameter, by).Visit(expression);

    private sealed class Replacement(ParameterExpression parameter, Expression by) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == parameter ? by : base.VisitParameter(node);
    }
}
