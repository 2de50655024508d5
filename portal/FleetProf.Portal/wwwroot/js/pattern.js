// Finding frames by a regular expression.

/** The expression that finds just this text: names hold brackets and dots. @param {string} text */
export const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
